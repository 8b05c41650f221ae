# cloud2mqtt from this tree, in two stages: build on Debian 12, run on Debian 12 without compilers.
FROM debian:bookworm-slim AS build
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      g++ cmake ninja-build pkg-config libpaho-mqttpp-dev libpaho-mqtt-dev libtomlplusplus-dev \
      libssl-dev zlib1g-dev libsqlite3-dev libboost1.81-dev libboost-json1.81-dev \
      libboost-url1.81-dev libmimalloc-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN cmake --preset release -DCMAKE_INSTALL_PREFIX=/usr \
    && cmake --build --preset release \
    && DESTDIR=/out cmake --install build/release --strip

FROM debian:bookworm-slim
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      ca-certificates libpaho-mqttpp3-1 libpaho-mqtt1.3 libtomlplusplus3 libssl3 zlib1g \
      libsqlite3-0 libboost-json1.81.0 libboost-url1.81.0 libmimalloc2.0 mosquitto-clients \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/cloud2mqtt --create-home cloud2mqtt \
    && chmod 700 /var/lib/cloud2mqtt
COPY --from=build /out/ /
USER cloud2mqtt
ENV STATE_DIRECTORY=/var/lib/cloud2mqtt
VOLUME /var/lib/cloud2mqtt
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/cloud2mqtt"]
CMD ["run", "--config", "/etc/cloud2mqtt/cloud2mqtt.toml"]

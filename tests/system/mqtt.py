"""An MQTT 5 client for tests on Debian's python3-paho-mqtt, version 1.6 and 2.1 alike."""

import importlib.util
import json
import sys
import threading
import time

if importlib.util.find_spec("paho") is None:  # an interpreter beside Debian's own
    sys.path.append("/usr/lib/python3/dist-packages")

import paho.mqtt.client as paho  # noqa: E402
from paho.mqtt.packettypes import PacketTypes  # noqa: E402
from paho.mqtt.properties import Properties  # noqa: E402
from paho.mqtt.subscribeoptions import SubscribeOptions  # noqa: E402


def new_client(**options):
    """A client of either version; callbacks take what comes as *args."""
    if hasattr(paho, "CallbackAPIVersion"):
        return paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5, **options)
    return paho.Client(protocol=paho.MQTTv5, **options)


class Message:
    """One message as it came."""

    def __init__(self, number, message):
        self.number = number
        self.time = time.monotonic()
        self.topic = message.topic
        self.payload = bytes(message.payload)
        self.retained = bool(message.retain)
        self.qos = message.qos
        properties = getattr(message, "properties", None)
        self.correlation = getattr(properties, "CorrelationData", None)
        self.content_type = getattr(properties, "ContentType", None)
        self.payload_format = getattr(properties, "PayloadFormatIndicator", None)

    @property
    def text(self):
        return self.payload.decode("utf-8", "replace")

    @property
    def json(self):
        return json.loads(self.payload)

    def __repr__(self):
        return f"{self.topic} = {self.text[:200]}{' (retained)' if self.retained else ''}"


class Observer:
    """Hears everything on a broker and keeps it; connects again by itself."""

    def __init__(self, port, username=None, password=None, topics="#", patience=10):
        self.messages = []
        self.last = {}  # the newest message of each topic
        self.news = threading.Condition()
        self.subscribed = False
        self.topics = topics
        self.guard = lambda: None  # called while waiting; raises when waiting has become pointless
        self.client = new_client(client_id="")
        if username is not None:
            self.client.username_pw_set(username, password)
        self.client.on_connect = self._connected
        self.client.on_disconnect = self._disconnected
        self.client.on_subscribe = self._subscribed
        self.client.on_message = self._arrived
        self.client.reconnect_delay_set(1, 1)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        self.wait_for(lambda: self.subscribed, patience, "the observer's subscription")

    def _connected(self, client, *_):
        # Retain as published, so that `retained` tells what the sender asked for.
        client.subscribe(self.topics, options=SubscribeOptions(qos=1, retainAsPublished=True))

    def _disconnected(self, *_):
        with self.news:
            self.subscribed = False
            self.news.notify_all()

    def _subscribed(self, *_):
        with self.news:
            self.subscribed = True
            self.news.notify_all()

    def _arrived(self, client, userdata, message):
        with self.news:
            kept = Message(len(self.messages), message)
            self.messages.append(kept)
            self.last[kept.topic] = kept
            self.news.notify_all()

    # ---- watching ----------------------------------------------------------------------------

    def wait_for(self, predicate, seconds=20, what="a condition"):
        """The first true value of the predicate, asked after every message; AssertionError if none comes."""
        deadline = time.monotonic() + seconds
        with self.news:
            while True:
                value = predicate()
                if value:
                    return value
                self.guard()
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"after {seconds} s still no {what}; last messages: {self.messages[-12:]}")
                self.news.wait(min(left, 0.2))  # conditions outside of MQTT count, too

    def mark(self):
        """The number of messages so far: the beginning of what comes from now on."""
        with self.news:
            return len(self.messages)

    def since(self, mark, topic=""):
        """The messages after a mark whose topic contains `topic`."""
        with self.news:
            return [each for each in self.messages[mark:] if topic in each.topic]

    def take(self):
        """All messages so far, which are then forgotten but for the newest of each topic; ends all marks."""
        with self.news:
            taken, self.messages = self.messages, []
            return taken

    def text(self, topic):
        """The newest payload of a topic, None where there is none (or an empty one)."""
        message = self.last.get(topic)
        return message.text if message and message.payload else None

    def json(self, topic):
        text = self.text(topic)
        return json.loads(text) if text else None

    def wait_text(self, topic, expected, seconds=20):
        """Waits until a topic's newest payload is `expected`."""
        return self.wait_for(lambda: self.text(topic) == expected, seconds, f"{topic} = {expected}")

    def wait_state(self, topic, seconds=20, **members):
        """Waits until a state document has these members; the document."""

        def fits():
            document = self.json(topic)
            return document if document and all(document.get(key) == each for key, each in members.items()) else None

        return self.wait_for(fits, seconds, f"{members} in {topic}")

    def wait_next(self, topic, mark, seconds=20):
        """The first message on a topic after a mark."""

        def found():
            return next((each for each in self.messages[mark:] if each.topic == topic), None)

        return self.wait_for(found, seconds, f"message on {topic}")

    # ---- sending -----------------------------------------------------------------------------

    def publish(self, topic, payload, retain=False, qos=1, response_topic=None, correlation=None, expiry=None):
        """Publishes and waits until the broker has it."""
        properties = Properties(PacketTypes.PUBLISH)
        if response_topic is not None:
            properties.ResponseTopic = response_topic
        if correlation is not None:
            properties.CorrelationData = correlation
        if expiry is not None:
            properties.MessageExpiryInterval = expiry
        sent = self.client.publish(topic, payload, qos, retain, properties)
        self.wait_for(sent.is_published, 10, f"acknowledgement of {topic}")

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


def retained(port, username=None, password=None):
    """Everything the broker keeps, by a fresh subscription: topic -> Message."""
    observer = Observer(port, username, password)
    try:
        mark = f"test/mark/{id(observer)}"
        observer.publish(mark, "end")
        observer.wait_for(lambda: mark in observer.last, 10, "the end of what is retained")
        return {each.topic: each for each in observer.messages if each.retained}
    finally:
        observer.close()

# Sourced by ./run-tests and ./run-demo: installs what is missing, configures, builds. Bash only.
#
# Every step says what it does and how long it usually takes, writes its details to
# build/log/<step>.log, and ends in one sentence when it fails.

set -u
export LC_ALL=C.UTF-8
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1
log_directory=build/log
[ -w "${HOME:-/nonexistent}" ] || export HOME="$root/build/home"  # for ccache
ticker=

build_packages=(g++ cmake ninja-build ccache pkg-config libpaho-mqttpp-dev libpaho-mqtt-dev
  libtomlplusplus-dev libssl-dev zlib1g-dev libsqlite3-dev libmimalloc-dev)
demo_packages=(mosquitto mosquitto-clients python3 python3-paho-mqtt)
test_packages=(libgtest-dev libgmock-dev python3-yaml python3-jinja2 systemd openssl)

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

say() { printf '%s\n' "$*"; }

prepare_log_directory() {
  mkdir -p "$log_directory" "$HOME" 2>/dev/null && [ -w "$log_directory" ] ||
    fail "cannot write to $root/build; make it yours (sudo chown -R \$USER build) or remove it"
}

# A line now and then while a long step runs, so that nobody has to wonder.
tick() {
  local log=$1 seconds=0 pause=30 sleeper=
  [ -t 1 ] && pause=2
  trap 'kill $sleeper 2>/dev/null; exit 0' TERM
  while :; do
    sleep "$pause" &
    sleeper=$!
    wait "$sleeper"
    seconds=$((seconds + pause))
    local line
    line=$(tail -n 1 "$log" 2>/dev/null | tr -d '\r' | cut -c1-68)
    if [ -t 1 ]; then
      printf '\r\033[K   %4d s  %s' "$seconds" "$line"
    else
      printf '   %4d s  %s\n' "$seconds" "$line"
    fi
  done
}

stop_ticker() {
  [ -n "$ticker" ] || return 0
  kill "$ticker" 2>/dev/null
  wait "$ticker" 2>/dev/null
  ticker=
  [ -t 1 ] && printf '\r\033[K'
  return 0
}
trap stop_ticker EXIT
trap 'stop_ticker; exit 130' INT
trap 'stop_ticker; exit 143' TERM HUP

# logged STEP COMMAND...: runs it with all output in the step's log; its status is the result.
logged() {
  local log="$log_directory/$1.log" status=0
  shift
  tick "$log" &
  ticker=$!
  "$@" >>"$log" 2>&1 </dev/null || status=$?
  stop_ticker
  return "$status"
}

show_end_of() {
  echo "--- the end of $log_directory/$1.log" >&2
  tail -n "${2:-25}" "$log_directory/$1.log" >&2
  echo "---" >&2
}

# ---- Packages -------------------------------------------------------------------------------

boost_packages() {
  local codename=
  [ -r /etc/os-release ] && codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  case $codename in
    bookworm) echo "libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev" ;;
    trixie | forky | sid) echo "libboost-dev libboost-json-dev libboost-url-dev" ;;
    *) return 1 ;;
  esac
}

missing_of() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      echo "$package"
  done
}

# Root's rights where they are needed: as root, or by sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 \
    -o Dpkg::Use-Pty=0 "$@"
}

# What installing would remove, apart from Boost's own headers (1.74 gives way to 1.81).
would_remove() {
  DEBIAN_FRONTEND=noninteractive apt-get -s -y --no-install-recommends install "$@" 2>/dev/null |
    sed -n 's/^Remv \([^ ]*\).*/\1/p'
}

check_removals() {
  local removed others
  removed=$(would_remove "$@")
  [ -n "$removed" ] || return 0
  others=$(grep -v '^libboost' <<<"$removed")
  [ -z "$others" ] || fail "installing ${*} would remove $(tr '\n' ' ' <<<"$others")from this" \
    "machine; nothing was changed. Remove what is in the way yourself, or use another machine."
  say "   Debian's Boost 1.74 headers cannot stay beside those the build needs; apt replaces" \
    "$(tr '\n' ' ' <<<"$removed")"
}

# The broker's package would start it as a service; we only want the program.
hold_broker_back() {
  [ ! -e /usr/sbin/policy-rc.d ] || return 0
  as_root sh -c 'cat >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d' <<'POLICY'
#!/bin/sh
case " $* " in *" mosquitto"*) exit 101 ;; esac
exit 0
POLICY
  broker_held=yes
}

release_broker() {
  [ -n "${broker_held:-}" ] || return 0
  as_root rm -f /usr/sbin/policy-rc.d
  broker_held=
}

install_missing() {
  local boost missing broker_is_new=
  command -v dpkg-query >/dev/null && boost=$(boost_packages) ||
    fail "this system is not supported; it takes Debian 12 (bookworm), 13 (trixie) or newer"
  # shellcheck disable=SC2086  # a list of words
  missing=$(missing_of "$@" $boost | tr '\n' ' ')
  missing=${missing% }
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    fail "these packages are missing, and without root or sudo they cannot be installed: $missing"
  fi
  say "== Installing packages (one to three minutes, once): $missing"
  if [ "$(id -u)" != 0 ]; then
    sudo -v || fail "sudo was refused, so these packages cannot be installed: $missing"
  fi
  : >"$log_directory/packages.log"
  logged packages apt_get update ||
    say "   The package lists could not be renewed; trying with the ones that are here."
  # shellcheck disable=SC2086
  check_removals $missing
  case " $missing " in *" mosquitto "*) broker_is_new=yes ;; esac
  trap 'stop_ticker; release_broker' EXIT
  [ -z "$broker_is_new" ] || hold_broker_back
  # shellcheck disable=SC2086
  if ! logged packages apt_get install -y --no-install-recommends $missing; then
    release_broker
    show_end_of packages 12
    fail "apt-get could not install the packages; is the network up?"
  fi
  release_broker
  trap stop_ticker EXIT
  if [ -n "$broker_is_new" ] && [ -d /run/systemd/system ]; then
    as_root systemctl disable --now mosquitto.service >>"$log_directory/packages.log" 2>&1
    say "   Mosquitto's own service stays off; to use it: sudo systemctl enable --now mosquitto"
  fi
}

# ---- Node-RED -------------------------------------------------------------------------------

# pip, for a Node.js where the system has no npm: Debian's npm is more than 350 packages.
test_packages+=(python3-websocket python3-pip)

# Node-RED for its example flows, once, into the user's cache; $without_node_red says why not.
install_node_red() {
  say "== Looking for Node-RED (about a minute the first time)"
  : >"$log_directory/node-red.log"
  logged node-red env -C tests /usr/bin/python3 -B -m node_red.installation && return 0
  without_node_red=$(tail -n 1 "$log_directory/node-red.log")
  return 1
}

# ---- Home Assistant -------------------------------------------------------------------------

test_packages+=(python3-websocket)
preparing=

# The release of Debian whose Python the tests' Home Assistant runs on: this machine's, or a root's.
export HOME_ASSISTANT_RELEASE=${HOME_ASSISTANT_RELEASE:-}
if [ -z "$HOME_ASSISTANT_RELEASE" ]; then
  case $(. /etc/os-release && echo "${VERSION_CODENAME:-}") in
    bookworm) HOME_ASSISTANT_RELEASE=trixie ;;
    *) HOME_ASSISTANT_RELEASE=host ;;
  esac
fi

home_assistant_packages() {
  if [ "$HOME_ASSISTANT_RELEASE" = host ]; then
    echo "python3-venv python3-dev"
  elif [ "$(id -u)" = 0 ]; then
    echo "debootstrap"
  fi
}

# Makes it, once, in the user's cache; the last line of its log says why not.
make_home_assistant() {
  say "== Looking for Home Assistant (two to four minutes the first time)"
  : >"$log_directory/home-assistant.log"
  logged home-assistant env -C tests /usr/bin/python3 -B -m home_assistant.prepare
}

# The same while the compiler works; the tests wait for it.
begin_home_assistant() {
  env -C tests nice -n 10 /usr/bin/python3 -B -m home_assistant.prepare \
    >"$log_directory/home-assistant.log" 2>&1 </dev/null &
  preparing=$!
  trap 'stop_ticker; end_preparing' EXIT
}

end_preparing() {
  [ -n "$preparing" ] && kill "$preparing" 2>/dev/null
  wait "$preparing" 2>/dev/null
  preparing=
}

# ---- A browser ------------------------------------------------------------------------------

# A browser and its fonts for the README's pictures; without them their tests say that they did not run.
install_browser() {
  local missing
  missing=$(missing_of chromium-headless-shell fonts-liberation | tr '\n' ' ')
  [ -n "$missing" ] || return 0
  say "== Installing a browser for the pictures (half a minute, once): $missing"
  : >"$log_directory/browser.log"
  if [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; then
    # shellcheck disable=SC2086
    logged browser apt_get install -y --no-install-recommends $missing && return 0
    # Perhaps the package lists are too old.
    # shellcheck disable=SC2086
    logged browser apt_get update &&
      logged browser apt_get install -y --no-install-recommends $missing && return 0
  fi
  say "   It cannot be installed, so no picture will be taken."
}

# ---- Build ----------------------------------------------------------------------------------

# A compiler on coroutines takes more than a gigabyte.
parallel_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/MemAvailable/ { print int($2 / 1500000) }' /proc/meminfo 2>/dev/null)
  [ "${memory:-$cores}" -lt "$cores" ] && cores=$memory
  [ "$cores" -ge 1 ] || cores=1
  echo "$cores"
}

# build PRESET HOW_LONG
build() {
  local preset=$1 started=$SECONDS
  say "== Building, preset $preset ($2; a later run only what changed)"
  : >"$log_directory/build-$preset.log"
  logged "build-$preset" cmake --preset "$preset" || {
    show_end_of "build-$preset"
    fail "CMake could not configure the build; see $log_directory/build-$preset.log"
  }
  logged "build-$preset" cmake --build --preset "$preset" -j "$(parallel_jobs)" || {
    grep -m 5 -E 'error:|FAILED:|Killed' "$log_directory/build-$preset.log" >&2
    show_end_of "build-$preset"
    fail "the build failed; the first errors are above, all of it in $log_directory/build-$preset.log"
  }
  say "   built in $((SECONDS - started)) s"
}

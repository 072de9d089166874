#!/usr/bin/env bash
# The stack without Docker, from Debian's packages: Pushgateway, Prometheus and Alertmanager with the
# configuration of this folder, on 127.0.0.1.
#
#   compose/run-local.sh                                       until it is stopped
#   compose/run-local.sh npx ragmon simulate --duration 10m    for as long as a command runs, with
#                                                              PUSHGATEWAY_URL and PROMETHEUS_URL
#
#   PUSHGATEWAY_PORT, PROMETHEUS_PORT, ALERTMANAGER_PORT       9091, 9090, 9093
#   WEBHOOK_URL       who is told of alerts; without it webhook.mjs, which prints them, on WEBHOOK_PORT (8080);
#                     while a command runs they go to alerts.log in DATA, or are printed at the end
#   DATA              a folder for what is stored, of one stack at a time; without it one that goes at the end
#   ALERTS            a folder of rules instead of alerts/
#   SCRAPE_INTERVAL   15s: of scrapes and of rules, but for groups with an interval of their own
#   GROUP_WAIT        as in alertmanager.yml: before the first message about a group of alerts
#   GROUP_INTERVAL    as in alertmanager.yml: between two messages about the same group
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
: "${PUSHGATEWAY_PORT:=9091}" "${PROMETHEUS_PORT:=9090}" "${ALERTMANAGER_PORT:=9093}"
: "${WEBHOOK_PORT:=8080}" "${ALERTS:=$here/../alerts}"
: "${SCRAPE_INTERVAL:=}" "${GROUP_WAIT:=}" "${GROUP_INTERVAL:=}"

stopped=""
fail() {
  [ -z "$stopped" ] || exit # What was interrupted did not fail.
  echo "$1" >&2
  exit 1
}

# The first of these programs that there is: Debian puts prometheus- before some names.
program() {
  local name
  for name in "$@"; do command -v "$name" && return; done
  fail "$1 is not installed: apt-get install prometheus prometheus-pushgateway prometheus-alertmanager"
}
pushgateway="$(program prometheus-pushgateway pushgateway)"
prometheus="$(program prometheus)"
alertmanager="$(program prometheus-alertmanager alertmanager)"

[ -d "$ALERTS" ] || fail "there is no folder $ALERTS"
scratch="$(mktemp -d)"
data="${DATA:-$scratch/data}"
mkdir -p "$data" "$scratch/logs"
data="$(cd "$data" && pwd)" # Prometheus looks for relative paths elsewhere.
ALERTS="$(cd "$ALERTS" && pwd)"

# Servers and the command get process groups of their own (set -m): a Ctrl-C reaches this script alone,
# which ends the command first, so that its last push finds a gateway. Should this script be killed,
# they end too where setpriv can arrange that.
end_with_me=()
if command -v setpriv >/dev/null; then end_with_me=(setpriv --pdeathsig TERM); fi
servers=()
command_pid=""
alerts_log=""

# As a terminal does: to the command and to its children, since npx passes nothing on.
pass_on() { [ -z "$command_pid" ] || kill "-$1" -- "-$command_pid" 2>/dev/null || true; }

finish() {
  local status=$? pid
  trap '' INT TERM
  pass_on TERM
  exec 3>&2 2>/dev/null # Bash would tell of each job that a signal ended.
  for pid in ${servers[@]+"${servers[@]}"}; do kill "$pid" || true; done
  wait || true
  # The folder goes, not what was said.
  if [ -z "${DATA:-}" ] && [ -s "$alerts_log" ]; then cat "$alerts_log" >&3; fi
  rm -rf "$scratch"
  exit "${stopped:-$status}"
}

trap finish EXIT
trap 'stopped=130; pass_on INT' INT
trap 'stopped=143; pass_on TERM' TERM

# HTTP without curl, which a small machine may lack. A port at which nobody listens is an error.
answers() (
  exec 3<>"/dev/tcp/127.0.0.1/$1"
  printf 'GET %s HTTP/1.0\r\n\r\n' "$2" >&3
  read -r _ status _ <&3
  [ "$status" = 200 ]
) 2>/dev/null

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free <variable>…: nobody listens at these ports yet, and no two are the same.
free() {
  local name seen=" " taken=""
  for name in "$@"; do
    if [[ "$seen" == *" ${!name} "* ]] || listens "${!name}"; then
      taken+="${taken:+$'\n'}port ${!name} is taken: give another one, $name=…"
    fi
    seen+="${!name} "
  done
  [ -z "$taken" ] || fail "$taken"
}

launch() {
  set -m
  ${end_with_me[@]+"${end_with_me[@]}"} "$@" </dev/null &
  set +m
  servers+=("$!")
}

# ready <name> <port> <path>: waits for the server that was launched last.
ready() {
  local name="$1" port="$2" path="$3" tries
  for ((tries = 0; tries < 300; tries++)); do
    [ -z "$stopped" ] || exit
    kill -0 "$!" 2>/dev/null || break
    if answers "$port" "$path"; then return; fi
    sleep 0.1
  done
  if [ -e "$scratch/logs/$name" ]; then tail -n 20 "$scratch/logs/$name" >&2; fi
  fail "$name did not start"
}

# start <name> <port> <path> <program> <argument>…: a server, until it is ready. It says things to a log.
start() {
  local name="$1" port="$2" path="$3"
  shift 3
  launch "$@" >"$scratch/logs/$name" 2>&1
  ready "$name" "$port" "$path"
}

# A text as sed puts it in between two |.
quoted() { printf '%s' "$1" | sed 's/[\\&|]/\\&/g'; }

own_webhook=""
if [ -z "${WEBHOOK_URL:-}" ]; then
  own_webhook="http://127.0.0.1:$WEBHOOK_PORT"
  WEBHOOK_URL="$own_webhook/alerts"
fi

sed -e "s|http://webhook:8080/alerts|$(quoted "$WEBHOOK_URL")|" \
  ${GROUP_WAIT:+-e "s|group_wait: .*|group_wait: $GROUP_WAIT|"} \
  ${GROUP_INTERVAL:+-e "s|group_interval: .*|group_interval: $GROUP_INTERVAL|"} \
  "$here/alertmanager/alertmanager.yml" >"$scratch/alertmanager.yml"
# 127.0.0.1:9090 first: what comes after it may be just that.
sed -e "s|127\.0\.0\.1:9090|127.0.0.1:$PROMETHEUS_PORT|" \
  -e "s|pushgateway:9091|127.0.0.1:$PUSHGATEWAY_PORT|" \
  -e "s|alertmanager:9093|127.0.0.1:$ALERTMANAGER_PORT|" \
  ${SCRAPE_INTERVAL:+-e "s|_interval: .*|_interval: $SCRAPE_INTERVAL|"} \
  ${SCRAPE_INTERVAL:+-e "/scrape_interval:/a\\  scrape_timeout: $SCRAPE_INTERVAL"} \
  -e "s|\.\./\.\./alerts/|$(quoted "$ALERTS")/|" \
  "$here/prometheus/prometheus.yml" >"$scratch/prometheus.yml"

# Prometheus would say it too, amid a log. promtool heads each file's errors with a line of its own.
if command -v promtool >/dev/null; then
  wrong="$(promtool check config "$scratch/prometheus.yml" 2>&1 >/dev/null)" ||
    fail "Prometheus cannot use this configuration:"$'\n'"$(grep -v 'FAILED:$' <<<"$wrong" | sed 's/^ *\(FAILED: \)*//')"
fi
free PUSHGATEWAY_PORT PROMETHEUS_PORT ALERTMANAGER_PORT ${own_webhook:+WEBHOOK_PORT}

# The servers inherit the lock: it goes with the last of them, however this script ends.
if command -v flock >/dev/null; then
  exec 9>"$data/lock"
  flock --nonblock 9 || fail "another stack writes to $data: end that one, or give another folder, DATA=…"
fi

# Alerts are printed, but not amid what a command draws.
if [ -n "$own_webhook" ]; then
  webhook=(node "$here/alertmanager/webhook.mjs" "$WEBHOOK_PORT")
  if [ $# -gt 0 ]; then
    alerts_log="$data/alerts.log"
    launch "${webhook[@]}" >>"$alerts_log"
  else
    launch "${webhook[@]}"
  fi
  ready webhook "$WEBHOOK_PORT" /
fi
start pushgateway "$PUSHGATEWAY_PORT" /-/ready "$pushgateway" \
  --web.listen-address="127.0.0.1:$PUSHGATEWAY_PORT" \
  --persistence.file="$data/pushgateway" --persistence.interval=1m
start alertmanager "$ALERTMANAGER_PORT" /-/ready "$alertmanager" \
  --web.listen-address="127.0.0.1:$ALERTMANAGER_PORT" \
  --config.file="$scratch/alertmanager.yml" --storage.path="$data/alertmanager" \
  --cluster.listen-address= --web.external-url="http://127.0.0.1:$ALERTMANAGER_PORT"
start prometheus "$PROMETHEUS_PORT" /-/ready "$prometheus" \
  --web.listen-address="127.0.0.1:$PROMETHEUS_PORT" \
  --config.file="$scratch/prometheus.yml" --storage.tsdb.path="$data/prometheus" \
  --storage.tsdb.retention.time=400d --web.enable-remote-write-receiver \
  --web.external-url="http://127.0.0.1:$PROMETHEUS_PORT"
[ -z "$stopped" ] || exit

export PUSHGATEWAY_URL="http://127.0.0.1:$PUSHGATEWAY_PORT"
export PROMETHEUS_URL="http://127.0.0.1:$PROMETHEUS_PORT"
echo "ready: Pushgateway $PUSHGATEWAY_URL · Prometheus $PROMETHEUS_URL ·" \
  "Alertmanager http://127.0.0.1:$ALERTMANAGER_PORT${own_webhook:+ · webhook $own_webhook}" >&2
[ -z "$alerts_log" ] || echo "alerts: $alerts_log" >&2

if [ $# -gt 0 ]; then
  set -m
  "$@" 9>&- &
  command_pid=$!
  set +m
  # A signal may have come before there was a command to pass it on to.
  case "$stopped" in 130) pass_on INT ;; 143) pass_on TERM ;; esac
  # A signal interrupts the wait: the command ends in its own time, and so do its children, which it
  # may not have waited for.
  while
    wait "$command_pid" 2>/dev/null && status=0 || status=$?
    kill -0 "$command_pid" 2>/dev/null
  do :; done
  for ((tries = 0; tries < 100; tries++)); do
    kill -0 -- "-$command_pid" 2>/dev/null || break
    sleep 0.1
  done
  command_pid=""
  exit "$status"
fi
# A signal that comes before `wait` would not end it.
trap 'stopped=130; exit' INT
trap 'stopped=143; exit' TERM
[ -z "$stopped" ] || exit
wait -n "${servers[@]}" || true
fail "a server ended: $(tail -n 5 "$scratch"/logs/*)"

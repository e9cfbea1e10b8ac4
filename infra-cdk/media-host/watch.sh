#!/bin/bash
# Speaks with EC2 Auto Scaling for the media node: ready, in use, ill, and drained when the instance is to end.
set -uo pipefail
. /opt/jbcalling/imds.sh
id=''
launched=$HOST_RUN/launched
protected=unknown
ill=0
turns=0

scaling() { aws autoscaling "$1" --auto-scaling-group-name "$GROUP" --instance-id "$id" "${@:2}"; }
ask() { curl -sfk --max-time 3 "https://127.0.0.1:$PORT/$1"; }
ask_stats() { curl -sf --max-time 3 "http://127.0.0.1:$METRICS_PORT/stats"; }

stopped() {
  case $(systemctl show -P ActiveState jbcalling-media-node) in inactive | failed) return 0 ;; *) return 1 ;; esac
}

# The media node moves its rooms elsewhere until its own deadline; each heartbeat gives it more time.
drain() {
  echo 'the instance is to end: draining'
  systemctl --no-block stop jbcalling-media-node
  local beat=0
  until stopped; do
    if [ "$SECONDS" -ge "$beat" ]; then
      scaling record-lifecycle-action-heartbeat --lifecycle-hook-name "$TERMINATION_HOOK" || true
      beat=$((SECONDS + HEARTBEAT_SECONDS))
    fi
    sleep "$PAUSE"
  done
  /opt/jbcalling/names.sh DELETE || true
  scaling complete-lifecycle-action --lifecycle-hook-name "$TERMINATION_HOOK" --lifecycle-action-result CONTINUE
}

# Only an instance in service can be protected, so a failure is tried again at the next turn.
protect() {
  [ "$1" = "$protected" ] && return
  aws autoscaling set-instance-protection --auto-scaling-group-name "$GROUP" --instance-ids "$id" "--$1" && protected=$1
}

report_ill() {
  ill=$((ill + 1))
  [ -e "$launched" ] && [ "$ill" -ge "$ILL_TURNS" ] || return
  echo 'the media node does not come back: the instance is to be replaced'
  aws autoscaling set-instance-health --instance-id "$id" --health-status Unhealthy && ill=0
}

turn() {
  [ "$(imds autoscaling/target-lifecycle-state)" = Terminated ] && return 1
  local stats
  if ! ask health >/dev/null; then
    report_ill
    return 0
  fi
  ill=0
  if [ ! -e "$launched" ] && ask ready >/dev/null; then
    scaling complete-lifecycle-action --lifecycle-hook-name "$LAUNCH_HOOK" --lifecycle-action-result CONTINUE || true
    touch "$launched"
  fi
  if stats=$(ask_stats); then
    if [ "$(jq .counts.rooms <<<"$stats")" = 0 ]; then protect no-protected-from-scale-in; else protect protected-from-scale-in; fi
  fi
  turns=$((turns + 1))
  [ $((turns % CERTIFICATE_TURNS)) = 0 ] && /opt/jbcalling/certificate.sh
  return 0
}

until id=$(imds instance-id); do sleep "$PAUSE"; done
while turn; do sleep "$PAUSE"; done
drain

#!/bin/sh
# Starts coturn with these arguments, and lets it relay to TURN_MEDIA_ADDRESSES: addresses, ranges (first-last) or names of
# the media nodes, separated by commas. Names are looked up now: after a change the service is started again.
set -euf
allowed=''
for entry in $(echo "${TURN_MEDIA_ADDRESSES:-}" | tr ',' ' '); do
  case $entry in
    *[!0-9a-fA-F:.-]*) found=$(getent ahosts "$entry" | cut -d ' ' -f 1 | sort -u) ;;
    *) found=$entry ;;
  esac
  [ -n "$found" ] || echo "TURN_MEDIA_ADDRESSES: $entry has no address" >&2
  for address in $found; do allowed="$allowed --allowed-peer-ip=$address"; done
done
if [ -z "$allowed" ]; then
  echo 'TURN_MEDIA_ADDRESSES names no media node, and there is nothing else to relay to' >&2
  exit 1
fi
# shellcheck disable=SC2086
exec turnserver "$@" $allowed

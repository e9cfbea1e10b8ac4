#!/bin/bash
# Writes this instance's names: names.sh UPSERT | DELETE. In the public zone they lead to its public address, in the
# private one, where the control plane looks, to the private address.
set -euo pipefail
. /opt/jbcalling/imds.sh
name=$(imds instance-id).$ZONE_NAME
write() {
  local set='{"Name":"%s","Type":"A","TTL":60,"ResourceRecords":[{"Value":"%s"}]}'
  local change='{"Changes":[{"Action":"%s","ResourceRecordSet":'"$set"'}]}'
  # shellcheck disable=SC2059
  aws route53 change-resource-record-sets --hosted-zone-id "$2" \
    --change-batch "$(printf "$change" "$1" "$name" "$3")" >/dev/null
}
write "$1" "$PUBLIC_ZONE" "$(imds public-ipv4)"
write "$1" "$PRIVATE_ZONE" "$(imds local-ipv4)"

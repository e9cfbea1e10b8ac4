#!/bin/bash
# Before each start of the media node: its certificate, its names, its image, and the settings that only it has.
set -euo pipefail
. /opt/jbcalling/imds.sh
id=$(imds instance-id)
address=$(imds public-ipv4)
# One that was good is used on while the secret has another, or cannot be read.
/opt/jbcalling/certificate.sh || [ -e "$HOST_DATA/tls/cert.pem" ]
/opt/jbcalling/names.sh UPSERT
if ! docker image inspect "$IMAGE" >/dev/null 2>&1; then
  aws ecr get-login-password | docker login --username AWS --password-stdin "${IMAGE%%/*}"
  docker pull --quiet "$IMAGE"
fi
docker rm --force media-node >/dev/null 2>&1 || true
umask 077
aws secretsmanager get-secret-value --secret-id "$SETTINGS_SECRET" --query SecretString --output text |
  jq -r 'to_entries[] | "\(.key)=\(.value)"' >"$HOST_RUN/secret.env"
cat >"$HOST_RUN/node.env" <<END
NODE_ID=$id
PUBLIC_URL=wss://$id.$ZONE_NAME
MEDIA_ADDRESS=$address
END

#!/bin/sh
# Makes the secrets that are missing in infra-swarm/secrets (or $SECRETS), and leaves those that are there alone.
# usage: infra-swarm/make-secrets.sh <image of the control plane>
set -eu
umask 077
image=${1:?name the image of the control plane, such as jbcalling/control-plane:1.0.0}
cd "$(dirname "$0")"
folder=${SECRETS:-secrets}
mkdir -p "$folder"
cd "$folder"

random() { head -c 32 /dev/urandom | base64 | tr -d '\n=' | tr '+/' '-_'; }

make() {
  if [ -e "$1" ]; then return; fi
  file=$1
  shift
  "$@" > "$file.new"
  mv "$file.new" "$file"
  echo "made $folder/$file"
}

# What only some need: Docker takes no empty secret, and a single line end counts as not set.
empty() { echo; }
api_keys() { echo "$(cat routes-key),$(random)"; }
redis_url() { echo "redis://:$(cat redis-password)@redis:6379"; }

make routes-key random
make api-keys api_keys
make signing-key docker run --rm --network none "$image" control-plane/print-signing-keys.ts
make turn-secret random
make redis-password random
make redis-url redis_url
make grafana-password random
for name in tls-certificate tls-key aws-credentials stt-http-token openai-api-key deepgram-api-key libretranslate-api-key; do
  make "$name" empty
done

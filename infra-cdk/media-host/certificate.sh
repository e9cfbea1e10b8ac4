#!/bin/bash
# Fetches the zone's certificate and puts it where the media node looks for it. One that browsers would refuse for this
# instance is not taken, and what was there stays. Whatever comes of it, CloudWatch is told how long the one there is good.
set -euo pipefail
. /opt/jbcalling/imds.sh
umask 077
folder=$HOST_DATA/tls
refuse() {
  echo "The secret $CERTIFICATE_SECRET $1." >&2
  exit 1
}
tell() {
  local end days
  [ -e "$folder/cert.pem" ] || return 0
  end=$(openssl x509 -in "$folder/cert.pem" -noout -enddate) || return 0
  days=$((($(date -d "${end#notAfter=}" +%s) - $(date +%s)) / 86400))
  aws cloudwatch put-metric-data --namespace JBCalling --metric-name CertificateDays --value "$days" \
    --dimensions "Stage=$STAGE" || echo 'CloudWatch was not told of the certificate'
}
trap tell EXIT
secret=$(aws secretsmanager get-secret-value --secret-id "$CERTIFICATE_SECRET" --query SecretString --output text)
jq -er .certificate <<<"$secret" >"$folder/cert.new" || refuse 'is not JSON with a certificate'
jq -er .privateKey <<<"$secret" >"$folder/key.new" || refuse 'is not JSON with a privateKey'
public=$(openssl x509 -in "$folder/cert.new" -noout -pubkey) || refuse 'has no certificate in PEM'
name=$(imds instance-id).$ZONE_NAME
openssl x509 -in "$folder/cert.new" -noout -checkhost "$name" | grep -q ' does match ' ||
  refuse "has a certificate that is not for $name; it wants one for *.$ZONE_NAME, first in its chain"
[ "$public" = "$(openssl pkey -in "$folder/key.new" -pubout)" ] ||
  refuse 'has a private key that is not that of its certificate'
chown "$MEDIA_UID" "$folder/cert.new" "$folder/key.new"
mv "$folder/key.new" "$folder/key.pem"
mv "$folder/cert.new" "$folder/cert.pem"

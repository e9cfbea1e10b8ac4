#!/bin/bash
# Fetches the zone's certificate and puts it where the media node looks for it; tells CloudWatch how long it is good.
set -euo pipefail
umask 077
folder=$HOST_DATA/tls
secret=$(aws secretsmanager get-secret-value --secret-id "$CERTIFICATE_SECRET" --query SecretString --output text)
jq -er .certificate <<<"$secret" >"$folder/cert.new"
jq -er .privateKey <<<"$secret" >"$folder/key.new"
end=$(openssl x509 -in "$folder/cert.new" -noout -enddate)
chown "$MEDIA_UID" "$folder/cert.new" "$folder/key.new"
mv "$folder/key.new" "$folder/key.pem"
mv "$folder/cert.new" "$folder/cert.pem"
days=$((($(date -d "${end#notAfter=}" +%s) - $(date +%s)) / 86400))
aws cloudwatch put-metric-data --namespace JBCalling --metric-name CertificateDays --value "$days" \
  --dimensions "Stage=$STAGE" || echo 'CloudWatch was not told of the certificate'

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserData } from 'aws-cdk-lib/aws-ec2'
import { METRICS_PORT } from './ports.ts'

const FOLDER = join(import.meta.dirname, 'media-host')
const SCRIPTS = ['imds.sh', 'certificate.sh', 'names.sh', 'prepare.sh', 'watch.sh']
const UNITS = ['media-node.service', 'watch.service']

/** The user of the image, who reads the certificate and writes the spool. */
export const MEDIA_UID = 1_000

/** What the scripts need beside `MediaHostSettings`: where things are, and how often they look. */
const FIXED = {
  HOST_DATA: '/var/lib/jbcalling',
  HOST_RUN: '/run/jbcalling',
  MEDIA_UID: `${MEDIA_UID}`,
  PAUSE: '5',
  /** Five minutes of answering nothing. */
  ILL_TURNS: '60',
  /** An hour. */
  CERTIFICATE_TURNS: '720',
}

export type MediaHostSettings = {
  /** Environment of the scripts. */
  readonly host: Readonly<Record<string, string>>
  /** Environment of the media node, of all instances alike. */
  readonly mediaNode: Readonly<Record<string, string>>
  readonly port: number
  /** How long the media node may take to stop. */
  readonly stopSeconds: number
}

/** What an instance does at its first boot: it installs Docker, puts the scripts and the units in place, and starts them. */
export function mediaHostUserData({ host, mediaNode, port, stopSeconds }: MediaHostSettings): UserData {
  const settings = {
    ...FIXED,
    ...host,
    PORT: `${port}`,
    METRICS_PORT: `${METRICS_PORT}`,
    STOP_SECONDS: `${stopSeconds}`,
  }
  const userData = UserData.forLinux()
  userData.addCommands(
    'set -euo pipefail',
    'dnf install -y docker jq',
    // The media node is no root and listens on the port of HTTPS.
    `echo net.ipv4.ip_unprivileged_port_start=${port} >/etc/sysctl.d/90-jbcalling.conf`,
    'sysctl --system >/dev/null',
    `mkdir -p /opt/jbcalling ${FIXED.HOST_DATA}/tls ${FIXED.HOST_DATA}/spool`,
    `chown ${MEDIA_UID} ${FIXED.HOST_DATA}/tls ${FIXED.HOST_DATA}/spool`,
    file('/opt/jbcalling/settings', environment(settings)),
    file('/opt/jbcalling/media-node.env', environment(mediaNode)),
    ...SCRIPTS.map((name) => file(`/opt/jbcalling/${name}`, text(name))),
    'chmod +x /opt/jbcalling/*.sh',
    ...UNITS.map((name) => file(`/etc/systemd/system/jbcalling-${name}`, text(name))),
    'mkdir -p /etc/systemd/system/jbcalling-media-node.service.d',
    file(
      '/etc/systemd/system/jbcalling-media-node.service.d/stop.conf',
      `[Service]\nTimeoutStopSec=${stopSeconds + 30}`,
    ),
    'systemctl daemon-reload',
    'systemctl enable --now docker',
    'systemctl enable jbcalling-media-node jbcalling-watch',
    'systemctl start --no-block jbcalling-media-node jbcalling-watch',
  )
  return userData
}

function text(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8').trimEnd()
}

function environment(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')
}

/** Nothing in the text is expanded. */
function file(path: string, content: string): string {
  return `cat >${path} <<'END_OF_FILE'\n${content}\nEND_OF_FILE`
}

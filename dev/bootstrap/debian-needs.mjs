import { existsSync } from 'node:fs'
import { findCommand } from './find-command.mjs'

/**
 * A Debian package, and how to see that what it brings is there, whoever put it there.
 * @typedef {object} Need
 * @property {string} debianPackage
 * @property {() => boolean} isThere
 */

const LIBRARIES = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib',
  '/usr/lib64',
  '/usr/local/lib',
]
const PKG_CONFIG = [...LIBRARIES.map((folder) => `${folder}/pkgconfig`), '/usr/share/pkgconfig']

/**
 * Redis is needed wherever REDIS_URL does not name one. Not the package `redis-server`, which would start one for the
 * whole machine at each boot; `redis-tools` brings the same binary.
 */
export const REDIS = need('redis-tools', () => isCommand('redis-server') || isCommand('redis-check-rdb'))

export const SPEECH_RECOGNITION = [
  need('libpocketsphinx3', () => isIn(LIBRARIES, 'libpocketsphinx.so.3')),
  need('pocketsphinx-en-us', () => existsSync('/usr/share/pocketsphinx/model/en-us/cmudict-en-us.dict')),
]

/** Translates captions; `apertium -l` lists the language pairs that are there. */
export const TRANSLATION = [
  need('apertium', () => isCommand('apertium-transfer') && isCommand('lt-proc')),
  need('apertium-eng-spa', () => existsSync('/usr/share/apertium/modes/eng-spa.mode')),
]

/** A browser and voices for it, and what the scripts of a host on AWS call. */
export const TESTS = [
  need('chromium', () => isCommand('chromium')),
  need('flite', () => isCommand('flite')),
  need('sox', () => isCommand('sox')),
  need('jq', () => isCommand('jq')),
  need('openssl', () => isCommand('openssl')),
]

/** What the benchmarks compare the product with. */
export const BENCHMARKS = [need('ffmpeg', () => isCommand('ffmpeg'))]

export const WORKER_BUILD = [
  need('meson', () => isCommand('meson')),
  need('ninja-build', () => isCommand('ninja')),
  need('pkg-config', () => isCommand('pkg-config')),
  need('g++', () => isCommand('g++')),
  need('patch', () => isCommand('patch')),
  need('flatbuffers-compiler', () => isCommand('flatc')),
  need('libflatbuffers-dev', () => isIn(PKG_CONFIG, 'flatbuffers.pc')),
  need('libuv1-dev', () => isIn(PKG_CONFIG, 'libuv.pc')),
  need('libssl-dev', () => isIn(PKG_CONFIG, 'openssl.pc')),
  need('libsrtp2-dev', () => isIn(PKG_CONFIG, 'libsrtp2.pc')),
  need('libabsl-dev', () => isIn(PKG_CONFIG, 'absl_flat_hash_map.pc')),
]

/**
 * @param {readonly Need[]} needs
 * @returns {string[]} the Debian packages that are missing
 */
export function missingPackages(needs) {
  return needs.filter(({ isThere }) => !isThere()).map(({ debianPackage }) => debianPackage)
}

/**
 * @param {string} debianPackage
 * @param {() => boolean} isThere
 * @returns {Need}
 */
function need(debianPackage, isThere) {
  return { debianPackage, isThere }
}

/** @param {string} name */
function isCommand(name) {
  return findCommand(name) !== undefined
}

/**
 * @param {readonly string[]} folders
 * @param {string} name
 */
function isIn(folders, name) {
  return folders.some((folder) => existsSync(`${folder}/${name}`))
}

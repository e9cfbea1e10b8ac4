import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isInstalled } from '../../../dev/bootstrap/npm-packages.mjs'

const locked = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/for-another-machine': { version: '1.0.0', optional: true },
}

test('[B1] npm packages are installed when each locked one has its version, but those for other machines', () => {
  assert.equal(isInstalled(locked, { 'node_modules/a': { version: '1.0.0' } }), true)
})

test('[B1] a missing or an older package, or nothing installed, asks for an installation', () => {
  assert.equal(isInstalled(locked, {}), false)
  assert.equal(isInstalled(locked, { 'node_modules/a': { version: '0.9.0' } }), false)
})

test('[B1] an optional package that is installed must have its version too', () => {
  const old = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/for-another-machine': { version: '0.9.0' } }
  assert.equal(isInstalled(locked, old), false)
})

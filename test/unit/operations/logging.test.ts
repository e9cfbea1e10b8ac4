import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger, loggedRoom } from '../../../shared/logging.ts'

test('[V11] tokens, names, ids of rooms, addresses and texts that somebody logs by mistake are left out, also one level down', () => {
  const written: string[] = []
  const logger = createLogger({ name: 'test', level: 'info' }, { write: (line: string) => written.push(line) })
  const secrets = {
    token: 'secret',
    rejoinToken: 'secret',
    resumeToken: 'secret',
    authorization: 'secret',
    displayName: 'secret',
    text: 'secret',
    ip: 'secret',
    address: 'secret',
    roomId: 'secret',
  }
  logger.info({ ...secrets, room: loggedRoom('tea') }, 'at once')
  logger.info({ grant: secrets, room: loggedRoom('tea') }, 'one level down')
  logger.info({ err: Object.assign(new Error('a token that has expired'), { payload: 'secret' }) }, 'an error')
  assert.equal(written.length, 3)
  assert.ok(written.slice(0, 2).every((line) => line.includes('"room":"a9f74d1ec36e"')))
  assert.doesNotMatch(written.join(''), /secret/)
})

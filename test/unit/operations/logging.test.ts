import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger } from '../../../shared/logging.ts'

test('[V11] tokens, names, addresses and texts that somebody logs by mistake are left out, also one level down', () => {
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
  }
  logger.info({ ...secrets, roomId: 'tea' }, 'at once')
  logger.info({ grant: secrets, roomId: 'tea' }, 'one level down')
  logger.info({ err: Object.assign(new Error('a token that has expired'), { payload: 'secret' }) }, 'an error')
  assert.equal(written.length, 3)
  assert.ok(written.slice(0, 2).every((line) => line.includes('"roomId":"tea"')))
  assert.doesNotMatch(written.join(''), /secret/)
})

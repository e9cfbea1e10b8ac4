import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createEngine } from '../../../media-node/captions/create-engine.ts'
import { openStream } from './listener.ts'

const EXAMPLE = join(import.meta.dirname, '../../../docs/stt-http-example.py')
const PATH = '/api/v1/transcribe-stream'
let service: ChildProcess
let address = ''

before(async () => {
  service = spawn('python3', [EXAMPLE, '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = await once(service.stdout ?? assert.fail(), 'data')
  address = `http://127.0.0.1:${/\d+/.exec(String(said))?.[0]}${PATH}`
})
after(async () => {
  service.kill()
  await once(service, 'exit')
})

test('[G84] the example of docs/stt-http.md serves the http engine', async () => {
  const engine = await createEngine({ name: 'http', url: address, vocabulary: ['Opus'] }, 2)
  const { stream, heard } = await openStream(engine, 'pt-BR')
  for (const chunks of [13, 4]) {
    for (let chunk = 0; chunk < chunks; chunk += 1) stream.write(new Int16Array(1_600))
    stream.finish()
  }
  await heard.untilFinals(2)
  assert.deepEqual(heard.finals, ['1.3 seconds of pt-BR', '0.4 seconds of pt-BR'])
  stream.close()
  engine.close()
})

test('[G84] the example answers a request that comes twice as it did at first', async () => {
  const query = 'stream=a&language=en&startMs=0'
  const ask = async (rest: string) => {
    const response = await fetch(`${address}?${query}&${rest}`, { method: 'POST', body: new Uint8Array(32_000) })
    return await response.text()
  }
  const first = await ask('sequence=0&last=false')
  assert.match(first, /1\.0 seconds of en/)
  assert.equal(await ask('sequence=0&last=false'), first)
  assert.match(await ask('sequence=1&last=true'), /"text": "2\.0 seconds of en", "final": true/)
})

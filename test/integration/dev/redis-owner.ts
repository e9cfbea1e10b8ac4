import { startRedis } from '../../../dev/embedded-redis.ts'

const { port } = await startRedis()
process.stdout.write(`${port}\n`)

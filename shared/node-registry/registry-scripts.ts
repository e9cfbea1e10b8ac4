import { type CommandParser, defineScript } from 'redis'

/**
 * The registry's atomic parts. They take the time from Redis, so that no node's clock counts. Keys, always in this
 * order: the nodes by the time of their heartbeat, their reports, and where a script needs it one node's commands.
 */

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

/** ARGV: nodeId, report, last command received, node TTL ms, key TTL ms, nodes forgotten per call. */
const HEARTBEAT = `${NOW}
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[4], 'LIMIT', 0, ARGV[6])) do
  redis.call('ZREM', KEYS[1], gone)
  redis.call('HDEL', KEYS[2], gone)
end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
if ARGV[3] == '' then return redis.call('XRANGE', KEYS[3], '-', '+') end
redis.call('XTRIM', KEYS[3], 'MINID', ARGV[3])
redis.call('XDEL', KEYS[3], ARGV[3])
return redis.call('XRANGE', KEYS[3], '(' .. ARGV[3], '+')
`

/** ARGV: nodeId. */
const LEAVE = `
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('DEL', KEYS[3])
return 0
`

/** ARGV: node TTL ms. Answers pairs of age and report. */
const ALIVE = `${NOW}
local found = {}
local scored = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. (now - ARGV[1]), '+inf', 'WITHSCORES')
for i = 1, #scored, 2 do
  local report = redis.call('HGET', KEYS[2], scored[i])
  if report then found[#found + 1] = { now - scored[i + 1], report } end
end
return found
`

/** ARGV: node TTL ms, nodeId. Answers at most one pair of age and report. */
const FIND = `${NOW}
local beat = redis.call('ZSCORE', KEYS[1], ARGV[2])
local report = redis.call('HGET', KEYS[2], ARGV[2])
if not beat or not report or now - beat >= tonumber(ARGV[1]) then return {} end
return { { now - beat, report } }
`

/** ARGV: command, capacity, TTL ms. Answers how many commands had to make room. */
const SEND = `
local waiting = redis.call('XLEN', KEYS[3])
redis.call('XADD', KEYS[3], 'MAXLEN', '=', ARGV[2], '*', 'command', ARGV[1])
redis.call('PEXPIRE', KEYS[3], ARGV[3])
return math.max(0, waiting + 1 - ARGV[2])
`

const script = (numberOfKeys: number, source: string) =>
  defineScript({
    NUMBER_OF_KEYS: numberOfKeys,
    SCRIPT: source,
    parseCommand(parser: CommandParser, keys: readonly string[], ...args: readonly string[]) {
      parser.pushKeys([...keys])
      parser.push(...args)
    },
    transformReply: (reply: unknown): unknown => reply,
  })

export const registryScripts = {
  heartbeat: script(3, HEARTBEAT),
  leave: script(3, LEAVE),
  alive: script(2, ALIVE),
  findNode: script(2, FIND),
  send: script(3, SEND),
}

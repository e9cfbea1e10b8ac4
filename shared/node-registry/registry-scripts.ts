import { type CommandParser, defineScript } from 'redis'
import { NODE_MEMORY_MS, NODE_TTL_MS, RESERVATION_TTL_MS, RESERVED_LOAD } from './node-registry.ts'

/**
 * The registry's atomic parts. They take the time from Redis, so that no node's clock counts, and none of them costs more
 * in a larger fleet than the logarithm of it, but `alive`.
 *
 * Keys, always in this order:
 *   heartbeats  nodes by the time of their heartbeat
 *   reports     node → its report
 *   placeable   nodes that take rooms, by rank; with `:<region>` behind it those of a region
 *   reserved    how many reservations ran out; with `:<nodeId>` behind it a node's reserved rooms by their expiry
 *   …-firm      with the same behind it: nodes by firm load, and those reservations that count as load
 *   commands    stream of one node's commands, where a script needs it
 *
 * Keys made in a script have the hash tag of those given, so they are in the same slot of a cluster.
 */

/** The registry forgets everything when no node at all has been heard for this long. */
const KEY_TTL_MS = NODE_MEMORY_MS

/** Bounds what one heartbeat spends on forgetting dead nodes. */
const FORGOTTEN_PER_HEARTBEAT = 100

/** Bounds what one reservation spends on nodes that are no longer what their place in the pool says. */
const SKIPPED_PER_RESERVATION = 200

const COMMON = `
local heartbeats, reports, placeable, reserved, commands = unpack(KEYS)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function reservedOn(id) return reserved .. ':' .. id end
local function firmOn(id) return reserved .. '-firm:' .. id end
local function poolsOf(region) return { placeable, placeable .. ':' .. region } end
local function firmPoolsOf(region) return { placeable .. '-firm', placeable .. '-firm:' .. region } end

local function read(stored)
  local ok, report = pcall(cjson.decode, stored or '')
  if not ok or type(report) ~= 'table' then return nil end
  if type(report.load) ~= 'number' or type(report.region) ~= 'string' then return nil end
  return report
end

local function unrank(id, region)
  for _, pools in ipairs({ poolsOf(region), firmPoolsOf(region) }) do
    for _, pool in ipairs(pools) do redis.call('ZREM', pool, id) end
  end
end

local function forget(id)
  local report = read(redis.call('HGET', reports, id))
  unrank(id, report and report.region or '')
  redis.call('ZREM', heartbeats, id)
  redis.call('HDEL', reports, id)
  redis.call('DEL', reservedOn(id), firmOn(id))
end

local function loadWith(reservations, report)
  return report.load + ${RESERVED_LOAD} * redis.call('ZCARD', reservations)
end

local function rank(id, report)
  local load, firmLoad = loadWith(reservedOn(id), report), loadWith(firmOn(id), report)
  for _, pool in ipairs(poolsOf(report.region)) do redis.call('ZADD', pool, load, id) end
  for _, pool in ipairs(firmPoolsOf(report.region)) do redis.call('ZADD', pool, firmLoad, id) end
end

-- Leaves out what takes no rooms.
local function rankAgain(id, report)
  if redis.call('ZSCORE', placeable, id) or redis.call('ZSCORE', placeable .. '-firm', id) then rank(id, report) end
end
`

/** ARGV: nodeId, report, opened rooms as JSON, last command received. Answers whether it was alive, and commands. */
const HEARTBEAT = `${COMMON}
local id, report = ARGV[1], cjson.decode(ARGV[2])
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', heartbeats, '-inf', now - ${NODE_MEMORY_MS}, 'LIMIT', 0, ${FORGOTTEN_PER_HEARTBEAT})) do
  forget(gone)
end

local beat = redis.call('ZSCORE', heartbeats, id)
local wasAlive = beat and now - beat < ${NODE_TTL_MS}
local before = read(redis.call('HGET', reports, id))
if before and before.region ~= report.region then unrank(id, before.region) end
redis.call('ZADD', heartbeats, now, id)
redis.call('HSET', reports, id, ARGV[2])

for _, room in ipairs(cjson.decode(ARGV[3])) do
  redis.call('ZREM', reservedOn(id), room)
  redis.call('ZREM', firmOn(id), room)
end
local ranOut = redis.call('ZREMRANGEBYSCORE', reservedOn(id), '-inf', now)
redis.call('ZREMRANGEBYSCORE', firmOn(id), '-inf', now)
if ranOut > 0 then redis.call('INCRBY', reserved, ranOut) end

if report.draining then unrank(id, report.region) else rank(id, report) end
for _, keys in ipairs({ { heartbeats, reports, reserved }, poolsOf(report.region), firmPoolsOf(report.region) }) do
  for _, key in ipairs(keys) do redis.call('PEXPIRE', key, ${KEY_TTL_MS}) end
end

if ARGV[4] == '' then return { wasAlive and 1 or 0, redis.call('XRANGE', commands, '-', '+') } end
redis.call('XTRIM', commands, 'MINID', ARGV[4])
redis.call('XDEL', commands, ARGV[4])
return { wasAlive and 1 or 0, redis.call('XRANGE', commands, '(' .. ARGV[4], '+') }
`

/**
 * ARGV: roomId, limit, whether it is firm (1 or 0), and the asked region, if any. Answers the reason, and with a chosen node
 * its id, its age, its report and its reservations; `again` when it got no further than clearing out nodes that are gone.
 *
 * The node that ranks first is taken if its firm load is under the limit. If it is not, one behind it may still be: what
 * made that one rank so low need not be load. Then it goes by firm load alone.
 */
const RESERVE = `${COMMON}
local room, limit, firm, region = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1', ARGV[4]
local skipped = 0

local function firstIn(pool)
  while skipped < ${SKIPPED_PER_RESERVATION} do
    local id = redis.call('ZRANGE', pool, 0, 0)[1]
    if not id then return nil end
    local beat = redis.call('ZSCORE', heartbeats, id)
    local stored = redis.call('HGET', reports, id)
    local report = read(stored)
    if beat and now - beat < ${NODE_TTL_MS} and report then
      return { id = id, firmLoad = loadWith(firmOn(id), report), age = now - beat, stored = stored, report = report }
    end
    redis.call('ZREM', pool, id)
    skipped = skipped + 1
  end
  return nil
end

local function leastLoaded(pools, firmPools, which)
  local first = firstIn(pools[which])
  if not first or first.firmLoad < limit then return first end
  return firstIn(firmPools[which]) or first
end

local function take(node, reason)
  redis.call('ZADD', reservedOn(node.id), now + ${RESERVATION_TTL_MS}, room)
  if firm then redis.call('ZADD', firmOn(node.id), now + ${RESERVATION_TTL_MS}, room) end
  for _, key in ipairs({ reservedOn(node.id), firmOn(node.id) }) do redis.call('PEXPIRE', key, ${KEY_TTL_MS}) end
  rank(node.id, node.report)
  local reservations, firmReservations = redis.call('ZCARD', reservedOn(node.id)), redis.call('ZCARD', firmOn(node.id))
  return { reason, node.id, node.age, node.stored, reservations, firmReservations }
end

if region then
  local near = leastLoaded(poolsOf(region), firmPoolsOf(region), 2)
  if near and near.firmLoad < limit then return take(near, 'in_region') end
end
local any = leastLoaded(poolsOf(''), firmPoolsOf(''), 1)
if any and any.firmLoad < limit then return take(any, region and 'outside_region' or 'no_region_asked') end
if any then return { 'all_full' } end
if skipped >= ${SKIPPED_PER_RESERVATION} then return { 'again' } end
local alive = redis.call('ZCOUNT', heartbeats, '(' .. (now - ${NODE_TTL_MS}), '+inf')
return { alive > 0 and 'all_draining' or 'no_media_node' }
`

/** ARGV: nodeId, roomId. */
const RELEASE = `${COMMON}
local id = ARGV[1]
local report = read(redis.call('HGET', reports, id))
redis.call('ZREM', firmOn(id), ARGV[2])
if redis.call('ZREM', reservedOn(id), ARGV[2]) == 0 or not report then return 0 end
rankAgain(id, report)
return 0
`

/** ARGV: nodeId, milliseconds since it was found dead. Answers whether it was forgotten. */
const SUSPECT = `${COMMON}
local beat = redis.call('ZSCORE', heartbeats, ARGV[1])
if not beat or now - beat < tonumber(ARGV[2]) then return 0 end
forget(ARGV[1])
return 1
`

/** ARGV: nodeId. Answers whether it was alive, and so still is. */
const STILL_ALIVE = `${COMMON}
local beat = redis.call('ZSCORE', heartbeats, ARGV[1])
if not beat or now - beat >= ${NODE_TTL_MS} then return 0 end
redis.call('ZADD', heartbeats, now, ARGV[1])
return 1
`

/** ARGV: nodeId. */
const LEAVE = `${COMMON}
forget(ARGV[1])
redis.call('DEL', commands)
return 0
`

/** Answers age, report and reservations of each node that is alive. */
const ALIVE = `${COMMON}
local found = {}
local scored = redis.call('ZRANGEBYSCORE', heartbeats, '(' .. (now - ${NODE_TTL_MS}), '+inf', 'WITHSCORES')
for i = 1, #scored, 2 do
  local report = redis.call('HGET', reports, scored[i])
  if report then
    local id = scored[i]
    found[#found + 1] =
      { now - scored[i + 1], report, redis.call('ZCARD', reservedOn(id)), redis.call('ZCARD', firmOn(id)) }
  end
end
return found
`

/** ARGV: nodeId. Answers age, report and reservations of at most one node. */
const FIND = `${COMMON}
local beat = redis.call('ZSCORE', heartbeats, ARGV[1])
local report = redis.call('HGET', reports, ARGV[1])
if not beat or not report or now - beat >= ${NODE_MEMORY_MS} then return {} end
local reservations, firmReservations = redis.call('ZCARD', reservedOn(ARGV[1])), redis.call('ZCARD', firmOn(ARGV[1]))
return { { now - beat, report, reservations, firmReservations } }
`

/** ARGV: command, capacity, TTL ms. Answers how many commands had to make room. */
const SEND = `${COMMON}
local waiting = redis.call('XLEN', commands)
redis.call('XADD', commands, 'MAXLEN', '=', ARGV[2], '*', 'command', ARGV[1])
redis.call('PEXPIRE', commands, ARGV[3])
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
  heartbeat: script(5, HEARTBEAT),
  stillAlive: script(4, STILL_ALIVE),
  leave: script(5, LEAVE),
  alive: script(4, ALIVE),
  findNode: script(4, FIND),
  reserve: script(4, RESERVE),
  release: script(4, RELEASE),
  suspect: script(4, SUSPECT),
  send: script(5, SEND),
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ErrorReply } from 'redis'
import { PrimaryAddress } from '../../../shared/node-registry/primary-address.ts'
import {
  faultOf,
  isCuredByNewConnection,
  isRefusal,
  movedTo,
  NoAnswer,
} from '../../../shared/node-registry/registry-fault.ts'

/** Errors as Redis 7 words them, and one as a script of Redis 6.2 does. */
const replies = [
  ["READONLY You can't write against a read only replica. script: 1f8a, on @user_script:56.", 'read_only', true],
  [
    "ERR Error running script (call to f_1f8a): @user_script:56: @user_script: 56: -READONLY You can't write against a read only replica.",
    'read_only',
    true,
  ],
  ['LOADING Redis is loading the dataset in memory', 'loading', true],
  ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", 'primary_away', true],
  ['CLUSTERDOWN The cluster is down', 'cluster_down', true],
  ['MOVED 3999 127.0.0.1:6381', 'moved', true],
  ['ASK 3999 127.0.0.1:6381', 'slot_moving', false],
  ['TRYAGAIN Multiple keys request during rehashing of slot', 'slot_moving', false],
  ['NOAUTH Authentication required.', 'wrong_credentials', true],
  ['WRONGPASS invalid username-password pair or user is disabled.', 'wrong_credentials', true],
  ["NOPERM User node has no permissions to run the 'evalsha' command", 'no_permission', true],
  ['MISCONF Redis is configured to save RDB snapshots', 'cannot_persist', false],
  ["OOM command not allowed when used memory > 'maxmemory'.", 'memory_full', false],
  ['NOREPLICAS Not enough good replicas to write.', 'no_replicas', false],
  ['BUSY Redis is busy running a script.', 'busy', false],
  ["ERR unknown command 'EVALSHA'", 'other_error', false],
] as const

test('[N69] every error that Redis documents for a server that cannot serve is told by its first word, also out of a script', () => {
  for (const [message, fault, cured] of replies) {
    const error = new ErrorReply(message)
    assert.deepEqual([faultOf(error), isCuredByNewConnection(error), isRefusal(error)], [fault, cured, !cured], message)
  }
})

test('[N69] what a connection meets is no answer of a server', () => {
  for (const error of [new NoAnswer(), new Error('READONLY said by somebody else'), undefined]) {
    assert.deepEqual([isCuredByNewConnection(error), isRefusal(error)], [false, false])
  }
  assert.deepEqual([faultOf(new NoAnswer()), faultOf(new Error('reset'))], ['no_answer', 'connection_lost'])
})

test('[N70] a server of a cluster is followed to the address it names, with the login and the certificate of the settings', () => {
  const primary = new PrimaryAddress({ url: 'rediss://node:word@cache.example.com:6379' })
  const follow = (to: string, from?: string) => {
    const moved = movedTo(new ErrorReply(`MOVED 3999 ${to}`))
    assert.ok(moved)
    const url = primary.at(moved, from)
    return [url, primary.certificateName(url)]
  }
  assert.deepEqual(follow('10.0.0.7:6380'), ['rediss://node:word@10.0.0.7:6380', 'cache.example.com'])
  assert.deepEqual(follow('2001:db8::7:6380'), ['rediss://node:word@[2001:db8::7]:6380', 'cache.example.com'])
  assert.deepEqual(follow('other.example.com:6380'), ['rediss://node:word@other.example.com:6380', undefined])
  const there = 'rediss://node:word@there.example.com:6379'
  assert.deepEqual(follow(':6381', there), ['rediss://node:word@there.example.com:6381', undefined])
  assert.equal(movedTo(new ErrorReply('MOVED nowhere')), undefined)
})

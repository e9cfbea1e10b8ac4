import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { z } from 'zod'
import { closeCodeOf } from '../../../shared/protocol/close-code.ts'
import { errorCodes } from '../../../shared/protocol/error-code.ts'
import { notifications, requests } from '../../../shared/protocol/messages.ts'

const page = readFileSync(join(import.meta.dirname, '../../../shared/protocol/PROTOCOL.md'), 'utf8')

/** The rows of the table under a heading, as their cells; each row's first cell may name several things. */
function rows(heading: string): readonly (readonly string[])[] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? assert.fail(`no section ${heading}`)
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').slice(1, -1))
}

const namesIn = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)

/** The table of a heading: what each name in the first column has in the others. */
function table(heading: string, columns: number): Record<string, readonly (readonly string[])[]> {
  const entries = rows(heading).flatMap(([first, ...others]) =>
    namesIn(first).map((name) => [name, others.slice(0, columns).map(namesIn)]),
  )
  return Object.fromEntries(entries)
}

const fieldsOf = (schema: z.ZodObject) => Object.keys(schema.shape)

test('[Q1] PROTOCOL.md lists every request with its data and reply as the schemas have them', () => {
  const schemas = Object.entries(requests).map(([method, { data, reply }]) => [
    method,
    [fieldsOf(data), fieldsOf(reply)],
  ])
  assert.deepEqual(table('Requests', 2), Object.fromEntries(schemas))
})

test('[Q2] PROTOCOL.md lists every notification with its data as the schemas have it', () => {
  const schemas = Object.entries(notifications).map(([event, data]) => [event, [fieldsOf(data)]])
  assert.deepEqual(table('Notifications', 1), Object.fromEntries(schemas))
})

test('[Q3] PROTOCOL.md gives every error code its close code, and no two share one', () => {
  const listed = Object.fromEntries(rows('Errors').map(([code, close]) => [namesIn(code)[0], Number(close)]))
  const elsewhere = [...page.matchAll(/`(room_not_found|room_exists|no_capacity)` \((\d{4})\)/g)]
  const stated = { ...listed, ...Object.fromEntries(elsewhere.map(([, code, close]) => [code, Number(close)])) }
  assert.deepEqual(stated, closeCodeOf)
  assert.equal(new Set(Object.values(closeCodeOf)).size, errorCodes.length)
})

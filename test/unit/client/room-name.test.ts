import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeBootstring, encodeBootstring } from '../../../client/app/bootstring.ts'
import {
  invitationLink,
  type RoomChoice,
  roomName,
  roomOfAddress,
  roomOfId,
  roomOfName,
} from '../../../client/app/room-name.ts'
import { roomId } from '../../../shared/api.ts'
import { newRoomId } from '../../../shared/protocol/new-room-id.ts'
import { checkProperty } from '../../check-property.ts'

const idOf = (room: RoomChoice | undefined) => (room && 'id' in room ? room.id : undefined)
const idOfName = (name: string) => idOf(roomOfName(name))
const faultOfName = (name: string) => {
  const room = roomOfName(name)
  return 'fault' in room ? room.fault : undefined
}
const inAddress = (named: string) => idOf(roomOfAddress(`https://calls.example/?room=${encodeURIComponent(named)}`))

/** Text of all kinds, and much of what is typed into such a field. */
const typed = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(...'aAßẞσςΣiIİı-_ u0&.\u200d\u200c\u200b\ufe0fم会é'), maxLength: 12 }),
)

test('[W323] a name in any script is a room of its own', () => {
  const names = [
    '会議室',
    'команда',
    'موعد',
    'бухгалтерия-1',
    '面接-1',
    'q&a',
    'q-a',
    '👩‍👩‍👧',
    '👩👩👧',
    'überblick',
    'uberblick',
    '1',
    '-1',
  ]
  for (const name of names) {
    const id = idOfName(name) ?? ''
    assert.ok(roomId.safeParse(id).success, `${name} became ${id}`)
    assert.equal(roomName(id), name)
  }
  assert.equal(new Set(names.map(idOfName)).size, names.length)
})

test('[W324] a name is one room for everybody who writes it alike', () => {
  for (const [first, ...others] of [
    ['Команда', 'команда', 'КОМАНДА', ' команда\u00a0', 'ком\u00adанда\u200b'],
    ['Zoë', 'Zoe\u0308', 'ZOË'],
    ['Straße', 'STRASSE', 'STRAẞE', 'strasse'],
    ['οδός', 'ΟΔΌΣ', 'οδόσ'],
    ['İzmir', 'i\u0307zmir', 'İZMIR'],
    ['Ꮳꮃꭹ', 'ᏣᎳᎩ', 'ꮳꮃꭹ'],
    ['Team stand-up', 'team\u3000 stand-up', 'TEAM-STAND-UP', '\u200fteam stand-up'],
    ['می\u200cخواهم', 'می\u200c\u200cخواهم'],
    ['کار\u200cها', 'کارها'],
    ['❤️', '❤'],
    ['⠓⠊⠀⠽⠕⠥', '⠓⠊ ⠽⠕⠥'],
  ]) {
    for (const other of others) assert.equal(idOfName(other), idOfName(first ?? ''), `${first} and ${other}`)
  }
  assert.notEqual(idOfName('kapı'), idOfName('kapi'), 'another letter in Turkish')
  assert.notEqual(idOfName('می\u200cخواهم'), idOfName('میخواهم'), 'other shapes of the letters')
})

test('[W325] two names never meet, each id is one of the API, and the name comes back from it', async (t) => {
  await checkProperty(
    t,
    5_000,
    fc.property(typed, typed, (one, other) => {
      const [id, otherId] = [idOfName(one), idOfName(other)]
      if (id === undefined) return
      assert.ok(roomId.safeParse(id).success, id)
      const name = roomName(id)
      assert.equal(idOfName(name), id, 'its normal form is the same room')
      assert.equal(roomName(idOfName(name) ?? ''), name)
      assert.equal(name, name.normalize('NFC'))
      if (otherId !== undefined && roomName(otherId) !== name) assert.notEqual(otherId, id)
    }),
  )
})

test('[W325] Bootstring gives every text back, and no two texts the same code', async (t) => {
  await checkProperty(
    t,
    3_000,
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      const code = encodeBootstring(text)
      assert.match(code, /^[a-z0-9_-]*$/)
      assert.equal(decodeBootstring(code), text)
    }),
  )
})

test('[W326] a name that is no room says why, and nothing of it is cut off', () => {
  for (const name of [
    '',
    '   ',
    '\u3164',
    '\u115f\u1160',
    '\uffa0',
    '\u2800',
    '\u0301',
    '\ufe0f',
    '\u{e0041}\u{e007f}',
  ])
    assert.match(faultOfName(name) ?? '', /visible character/, JSON.stringify(name))
  assert.match(faultOfName('a\u202eb') ?? '', /not allowed/)
  assert.match(faultOfName('a\u0378') ?? '', /does not know/)
  assert.match(faultOfName(`Z${'\u0335'.repeat(6)}`) ?? '', /too many accents/)
  assert.equal(idOfName('x'.repeat(64)), 'x'.repeat(64))
  assert.equal(faultOfName('x'.repeat(65)), 'is 1 character too long')
  const long = '会議室の予約と進捗の報告と次の予定についての打ち合わせ'
  const [, excess = ''] = /^is (\d+) characters? too long$/.exec(faultOfName(long) ?? '') ?? []
  assert.ok(idOfName(long.slice(0, -Number(excess))), 'that many fewer fit')
})

test('[W327] a link by name and a link by id lead to one room, and ids of the API lead where they always led', () => {
  for (const id of ['Team-stand-up', 'team-stand-up', 'kqzr-bmtd-xvnf', 'Acme_123', 'u--', 'u--9'])
    assert.equal(inAddress(id), id)
  assert.equal(inAddress('会議室'), idOfName('会議室'))
  assert.equal(inAddress(idOfName('会議室') ?? ''), idOfName('会議室'))
  assert.equal(inAddress('Команда'), idOfName('команда'))
  assert.equal(roomOfAddress('https://calls.example/'), undefined)
  assert.equal(roomName('u--9'), roomOfId('u--9').text)
})

test('[W327] an invitation leads to the room it names, by its name, in characters that no mail changes', async (t) => {
  assert.equal(
    invitationLink('https://calls.example/?room=other#top', 'weekly-standup'),
    'https://calls.example/?room=weekly-standup',
  )
  assert.match(invitationLink('https://calls.example/', idOfName('команда') ?? ''), /room=%D0%BA%D0%BE/)
  assert.match(invitationLink('https://calls.example/', idOfName('team.') ?? ''), /room=team%2E$/)
  await checkProperty(
    t,
    2_000,
    fc.property(
      fc.oneof(
        typed.map(idOfName),
        fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,20}$/),
        fc.stringMatching(/^u--[a-z0-9-]{0,9}$/),
      ),
      (id) => {
        if (id === undefined) return
        const link = invitationLink('https://calls.example/', id)
        assert.equal(idOf(roomOfAddress(link)), id)
        assert.match(link, /^[\x21-\x7e]*[^.!*')]$/)
      },
    ),
  )
})

test('[W328] an id that is not how a name is written is shown as it is', () => {
  const hidden = `u--${encodeBootstring('a\u202eb')}`
  const capital = `u--${encodeBootstring('Команда')}`
  for (const id of [hidden, capital, 'u--', 'Team-stand-up', `u--${encodeBootstring('plain')}`])
    assert.equal(roomName(id), id)
})

test('[W320] the page and the API make names of the same kind: 51 bits of the cryptographic source, read out with ease', (t) => {
  const names = new Set(Array.from({ length: 2_000 }, newRoomId))
  assert.equal(names.size, 2_000)
  for (const name of names) {
    assert.ok(roomId.safeParse(name).success)
    assert.match(name, /^[bcdfghjkmnpqrstvwxz]{4}(-[bcdfghjkmnpqrstvwxz]{4}){2}$/)
  }
  const letters = new Set([...names].join(''))
  assert.ok(Math.log2(letters.size - 1) * 12 >= 50, 'the dash is no letter')
  t.mock.method(Math, 'random', () => assert.fail('a guessable source'))
  newRoomId()
})

test('[W320] every letter of a name is as likely: the bytes that would favour some are thrown away', (t) => {
  let next = 0
  t.mock.method(crypto, 'getRandomValues', (bytes: Uint8Array) => {
    bytes[0] = next % 256
    next += 1
    return bytes
  })
  const counts = new Map<string, number>()
  while (next < 256 * 12 * 20)
    for (const letter of newRoomId().replaceAll('-', '')) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  const seen = [...counts.values()]
  assert.ok(Math.max(...seen) - Math.min(...seen) <= 12)
})

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { silence } from '../speech/synthesise.ts'
import { Person } from './person.ts'
import { startTestProduct, type TestProduct } from './test-product.ts'

let product: TestProduct
let ana: Person
let ben: Person

before(async () => {
  product = await startTestProduct()
  const microphone = await silence()
  ana = await Person.open({ name: 'Ana', microphone })
  ben = await Person.open({ name: 'Ben', microphone })
})
after(async () => {
  await Promise.all([ana?.close(), ben?.close()])
  await product?.stop()
})

test('[W332] a first join is one request and no error in the console, and both who write a name alike meet', async () => {
  const asked: string[] = []
  const errors: string[] = []
  ana.page.on('request', (request) => request.url().includes('/v1/') && asked.push(new URL(request.url()).pathname))
  ana.page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  await ana.join(product.url, 'Команда 1')
  assert.equal(asked.length, 1, asked.join(' '))
  assert.deepEqual(errors, [])
  assert.match(await ana.page.title(), /^команда-1 · /)
  assert.equal(new URL(ana.page.url()).searchParams.get('room'), 'команда-1')

  await ben.join(product.url, 'КОМАНДА 1')
  await ben.seesOthers(1)
})

test('[W333] a name that no room can have is told next to the field, and Join does not join', async () => {
  await ben.page.goto(product.url)
  await ben.page.getByLabel('Your name').fill('Ben')
  const field = ben.page.getByRole('textbox', { name: 'Room' })
  await field.fill('\u3164')
  await ben.page.getByText('This name needs at least one visible character.').waitFor()
  const join = ben.page.getByRole('button', { name: 'Join', exact: true })
  assert.equal(await join.isEnabled(), true)
  await join.click()
  assert.equal(await field.evaluate((input) => input.matches(':focus')), true, 'the browser says why, at the field')
  await field.fill('面接 1')
  await ben.page.getByLabel('Your name').focus()
  assert.equal(await field.inputValue(), '面接-1')
})

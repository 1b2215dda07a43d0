import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Api, startApi } from '../helpers/api.ts'
import { openReplayShop, type ReplayShop, workOff } from '../helpers/replay-shop.ts'
import { openTempStore, type TempStore } from '../helpers/sqlite-store.ts'

const PEOPLE = 120

let temp: TempStore
let api: Api
let shop: ReplayShop

beforeEach(async () => {
  temp = await openTempStore()
  api = await startApi({ store: temp.store })
  shop = await openReplayShop(api, 'shop')
})
afterEach(async () => {
  await api.close()
  await temp.close()
})

const file = () => join(temp.folder, 'streakline.db')
/** The files of the store in which one of these texts stands, in whatever way it is kept there. */
function filesWith(...texts: readonly string[]): string[] {
  return readdirSync(temp.folder).filter((name) => {
    const bytes = readFileSync(join(temp.folder, name))
    return texts.some((text) => bytes.includes(text))
  })
}

interface Person {
  readonly customerId: string
  readonly email: string
  readonly firstName: string
}
const people = Array.from(
  { length: PEOPLE },
  (_, at): Person => ({
    customerId: String(987_650_000_000 + at),
    email: `zzyx${at}q@example.com`,
    firstName: `Qwvx${at}q`,
  }),
)
/** Bodies of all sizes: within a page, and over many. */
const order = (person: Person, id: number) => ({
  ...person,
  id: String(id),
  order: { note: `of ${person.email} ${'x'.repeat((id % 7) * 3_000)}` },
})
const traces = ({ customerId, email, firstName }: Person) => filesWith(customerId, email, firstName)
const memberOf = async ({ customerId }: Person): Promise<string> => {
  const filters = { fieldSlug: 'externalId', operator: 'EQUALS', value: `shopify:${customerId}` }
  return (await shop.admin.list('account_user', { filters })).body.data[0].id
}
const erase = async (person: Person) =>
  (await shop.admin.delete(`/schema/account_user/record/${await memberOf(person)}`)).status

async function fill(): Promise<void> {
  let id = 0
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(people.map((person) => shop.deliver(order(person, ++id))))
    // they share their pages with members who are written at the same time
    await workOff(api)
  }
  const guests = people.map((person) => ({ ...order(person, ++id), customerId: null as never }))
  await shop.patchConnector({ rules: [{ streakId: shop.streak.id, guests: 'ignore' }] })
  await Promise.all(guests.map((guest) => shop.deliver(guest)))
}

describe('the files of SQLite, once an erasure is answered', () => {
  it('hold nothing any more by which somebody could be told, whoever is written beside', async () => {
    await fill()
    for (const person of people.slice(0, 3)) {
      expect(traces(person)).not.toEqual([])
      expect(await erase(person)).toBe(204)
      expect(traces(person)).toEqual([])
    }
    const [one, other, ...rest] = people.slice(3)
    let over = false
    let written = 0
    const writing = (async () => {
      while (!over) await shop.deliver(order(rest[0]!, 10_000 + ++written))
    })()
    const answers = await Promise.all([erase(one!), erase(other!)])
    over = true
    await writing
    expect(answers).toEqual([204, 204])
    expect(traces(one!)).toEqual([])
    expect(traces(other!)).toEqual([])
    for (const person of rest) expect(await erase(person)).toBe(204)
    expect(filesWith('zzyx', 'Qwvx', '98765000')).toEqual([])
  })

  it('are the same for somebody who is erased by address', async () => {
    const email = 'zzyx-guest@example.com'
    await shop.patchConnector({ rules: [{ streakId: shop.streak.id, guests: 'ignore' }] })
    await shop.deliver({ id: '77', email, customerId: null as never })
    expect(filesWith(email)).not.toEqual([])
    expect((await shop.admin.post('/schema/account_user/erase', { email })).status).toBe(200)
    expect(filesWith(email)).toEqual([])
  })

  it('make the answer wait while somebody else reads from them, and a repetition ends it', async () => {
    const [person] = people
    await shop.deliver(order(person!, 1))
    await workOff(api)
    const id = await memberOf(person!)
    const reader = new DatabaseSync(file(), { readOnly: true })
    reader.exec('BEGIN; SELECT count(*) FROM member')
    const during = await shop.admin.delete(`/schema/account_user/record/${id}`)
    expect([during.status, during.body.error.code]).toEqual([503, 'STORE_BUSY'])
    // what was answered meanwhile is on disk all the same, and others are served
    expect((await shop.admin.create('account_user', { externalId: 'beside' })).externalId).toBe('beside')
    reader.exec('COMMIT')
    reader.close()
    expect((await shop.admin.delete(`/schema/account_user/record/${id}`)).status).toBe(204)
    expect(traces(person!)).toEqual([])
    expect(existsSync(`${file()}-wal`)).toBe(true)
  })
})

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { CONNECTORS } from '../../connectors/registry.ts'
import { type DeleteInput, runDelete } from '../../src/cli/accounts-delete.ts'
import type { Change } from '../../src/ports/store.ts'
import { row } from '../contract/store/rows.ts'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'
import {
  startToyPlatform,
  TOY,
  TOY_KEYS,
  type ToyPlatform,
  toy as toyConnector,
} from '../helpers/toy-platform.ts'

let api: Api
let platform: ToyPlatform
let admin: Client
let serial = 0
const lines: string[] = []

beforeAll(async () => {
  platform = await startToyPlatform()
  const connectors = new Map([...CONNECTORS, [TOY, toyConnector]])
  const platformOrigins = { [TOY]: platform.origin }
  api = await startApi({ connectors }, { publicUrl: 'https://streaks.example.com', platformOrigins })
})
afterAll(async () => {
  await api.close()
  await platform.stop()
})
beforeEach(async () => {
  lines.length = 0
  platform.fault = null
  platform.subscriptions.clear()
  admin = await api.account(`leaving ${++serial}`)
})

async function installed(): Promise<Body> {
  const connector = await admin.create('connector', {
    name: 'toy',
    platform: TOY,
    settings: { shopDomain: 'toy.myshopify.com' },
  })
  const path = `/schema/connector/record/${connector.id}/install`
  const answer = await admin.post(path, { method: 'client_credentials', ...TOY_KEYS })
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.body.data
}

/** What the command does, in this process. */
function run(input: DeleteInput, answer: string | null = null, settle = async () => {}): Promise<void> {
  const progress = { show: () => {}, end: () => {} }
  const { store, installations } = api
  const ask = answer === null ? null : async () => answer
  const print = (line: string) => void lines.push(line)
  return runDelete(
    { installation: { store, installations }, progress, print, ask, settle },
    admin.accountId,
    input,
  )
}
const isThere = async () => (await admin.get('/schema/streak/record')).status === 200

describe('streakline accounts delete, of an account that is installed at a platform', () => {
  it('takes what we made there, then everything here', async () => {
    const { id } = await installed()
    expect(platform.subscriptions.size).toBeGreaterThan(0)
    await run({ dryRun: true })
    expect(platform.subscriptions.size).toBeGreaterThan(0)
    lines.length = 0
    await run({ yes: true })
    expect(platform.subscriptions.size).toBe(0)
    expect(lines[0]).toBe(`connector ${id} "toy" at ${TOY}: uninstalled`)
    expect(await isThere()).toBe(false)
  })

  it('deletes nothing while the platform cannot be reached, and goes on once it can', async () => {
    const { id } = await installed()
    platform.fault = () => 'cut'
    await expect(run({ yes: true })).rejects.toMatchObject({
      code: 'PLATFORM_UNAVAILABLE',
      message: expect.stringMatching(new RegExp(`^connector ${id} could not be .* nothing was deleted`)),
    })
    expect(await isThere()).toBe(true)
    platform.fault = null
    await run({ yes: true })
    expect(platform.subscriptions.size).toBe(0)
    expect(await isThere()).toBe(false)
  })

  it('leaves there what it cannot take, when it is told to, and says so', async () => {
    const { id } = await installed()
    platform.fault = () => 'cut'
    await run({ yes: true, leavePlatforms: true })
    expect(lines[0]).toMatch(
      new RegExp(`^connector ${id} "toy" at ${TOY}: could not be uninstalled, what was made there stays: `),
    )
    expect(platform.subscriptions.size).toBeGreaterThan(0)
    expect(await isThere()).toBe(false)
  })

  it('says what stays where webhooks were made by hand', async () => {
    const { id } = await admin.create('connector', {
      name: 'by hand',
      platform: 'shopify',
      credentials: { webhookSecrets: ['a-secret-of-the-merchant'] },
      settings: { shopDomain: 'shop.myshopify.com' },
      rules: [],
    })
    await run({ yes: true })
    const by = 'its webhooks were made by hand; remove them there'
    expect(lines[0]).toBe(`connector ${id} "by hand" at shopify: ${by}`)
    expect(await isThere()).toBe(false)
  })
})

describe('streakline accounts delete', () => {
  it('is confirmed by the name of the account, or by --yes where nobody can be asked', async () => {
    await expect(run({})).rejects.toMatchObject({ message: expect.stringContaining('say --yes') })
    await expect(run({}, 'another name')).rejects.toMatchObject({
      message: 'that is not its name: nothing was changed',
    })
    expect(await isThere()).toBe(true)
    await run({}, `leaving ${serial}\n`)
    expect(await isThere()).toBe(false)
  })

  it('ends what was left of an account that is gone already, by its id', async () => {
    const { store } = api
    await admin.create('account_user', { externalId: 'left behind' })
    const [account] = await store.findByKeys('account', ['id'], [[admin.accountId]])
    await store.commit([{ op: 'delete', collection: 'account', id: account!.id, accountId: account!.id }])
    await run({ yes: true })
    expect(lines).toContain('  account_user  1')
    await expect(run({ yes: true })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('takes what a request that was under way has stored after the account had gone', async () => {
    const { store } = api
    const { accountId } = admin
    await run({ yes: true }, null, async () => {
      const late: Change = { op: 'insert', collection: 'delivery', row: { ...row('delivery'), accountId } }
      expect(await store.commit([late])).toEqual({ outcome: 'committed' })
    })
    expect(lines).toContain('  delivery  1')
    expect(await store.count('delivery', { field: 'accountId', op: 'eq', value: accountId }, 1)).toBe(0)
  })

  it('wants the id where several accounts have a name', async () => {
    const other = await api.account('another')
    const name = `twice ${serial}`
    await admin.patch(`/schema/account/record/${admin.accountId}`, { name })
    await other.patch(`/schema/account/record/${other.accountId}`, { name })
    const { store, installations } = api
    const progress = { show: () => {}, end: () => {} }
    const parts = {
      installation: { store, installations },
      progress,
      print: () => {},
      ask: null,
      settle: async () => {},
    }
    await expect(runDelete(parts, name, { yes: true })).rejects.toMatchObject({
      message: '2 accounts have this name: say which one by its id',
    })
  })
})

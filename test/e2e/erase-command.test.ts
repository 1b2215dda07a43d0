import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { v7 as newId } from 'uuid'
import { eraseCommand } from '../../src/cli/erase.ts'
import { type EraseInput, runErase } from '../../src/cli/erase-run.ts'
import { createSecretBox } from '../../src/crypto/secret-box.ts'
import { AppError } from '../../src/errors.ts'
import type { Store } from '../../src/ports/store.ts'
import { type Api, type Client, interruptedStore, startApi } from '../helpers/api.ts'
import { openStore } from '../helpers/open-store.ts'
import { openReplayShop, type ReplayShop } from '../helpers/replay-shop.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

const KEY = randomBytes(32).toString('base64')

const CLI = fileURLToPath(new URL('../../src/streakline.js', import.meta.url))

let folder: string
let removeFolder: () => Promise<void>
let store: Store
let api: Api
let shop: ReplayShop
let admin: Client
let serial = 0

beforeAll(async () => {
  const made = await makeTempFolder()
  folder = made[0]
  removeFolder = made[1]
  store = await openStore('sqlite', join(folder, 'streakline.sqlite'))
  await store.migrate()
  api = await startApi({ store, secretBox: createSecretBox([KEY]) })
  shop = await openReplayShop(api, 'shop')
  admin = shop.admin
  await shop.patchConnector({ rules: [{ streakId: shop.streak.id, guests: 'ignore' }] })
})
afterAll(async () => {
  await api.close()
  await store.close()
  await removeFolder()
})

/** What the command does, in this process: its exit code and what it prints. */
async function erase(options: readonly string[], on = store): Promise<[exitCode: number, printed: string]> {
  let input: EraseInput = {}
  const command = eraseCommand().action((given: EraseInput) => {
    input = given
  })
  await command.parseAsync([...options], { from: 'user' })
  const lines: string[] = []
  const progress: number[] = []
  const run = {
    installation: { store: on, clock: api.clock, newId },
    print: (line: string) => void lines.push(line),
    progress: { show: (done: number, total: number) => void progress.push(done, total), end: () => {} },
  }
  const exitCode = await runErase(run, input)
  expect(progress.every((each) => each > 0)).toBe(true)
  return [exitCode, lines.join('\n')]
}

const address = () => `someone${++serial}@example.com`
const guestOrder = (email: string) => shop.deliver({ id: ++serial, email, customerId: null as never })
const statusOf = async (id: string) => (await admin.get(`/schema/account_user/record/${id}`)).status
const hasBody = async (id: string) => (await store.findByKeys('delivery', ['id'], [[id]]))[0]!.body !== null

describe('streakline erase', () => {
  it('erases whom an address names, after it was asked what that would be', async () => {
    const email = address()
    const deliveryId = await guestOrder(email)
    expect(await erase(['--email', email, '--dry-run'])).toEqual([
      0,
      'would be erased: members 0, deliveries 1',
    ])
    expect(await hasBody(deliveryId)).toBe(true)
    expect(await erase(['--email', email.toUpperCase()])).toEqual([0, 'erased: members 0, deliveries 1'])
    expect(await hasBody(deliveryId)).toBe(false)
    expect(await erase(['--email', email])).toEqual([0, 'erased: members 0, deliveries 0'])
  })

  it('says by its exit code that members who have the address were left, and names them', async () => {
    const email = address()
    const { id } = await admin.create('account_user', { externalId: `shopify:${++serial}`, email })
    const [exitCode, printed] = await erase(['--email', email])
    expect(exitCode).toBe(1)
    expect(printed.split('\n').at(-1)).toBe(`  ${id}`)
    expect(printed).not.toContain(email)
    expect(await statusOf(id)).toBe(200)
  })

  it('erases a member by its id or its externalId', async () => {
    for (const nameOf of [
      ({ id }: { id: string }) => id,
      (member: { externalId: string }) => member.externalId,
    ]) {
      const email = address()
      const member = await admin.create('account_user', { externalId: `shopify:${++serial}`, email })
      const deliveryId = await guestOrder(email)
      const options = ['--member', nameOf(member), '--account', admin.accountId]
      expect(await erase([...options, '--dry-run'])).toEqual([0, 'would be erased: members 1, deliveries 1'])
      expect(await statusOf(member.id)).toBe(200)
      expect(await erase(options)).toEqual([0, 'erased: members 1, deliveries 1'])
      expect(await statusOf(member.id)).toBe(404)
      expect(await hasBody(deliveryId)).toBe(false)
      await expect(erase(options)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    }
  })

  it('goes on with a member by whatever it was called, where it was interrupted', async () => {
    for (const nameOf of [
      ({ id }: { id: string }) => id,
      (member: { externalId: string }) => member.externalId,
    ]) {
      const member = await admin.create('account_user', { externalId: `shopify:${++serial}` })
      const interrupted = interruptedStore(store)
      interrupted.beforeCommit(async () => {
        interrupted.beforeCommit(async () => {
          throw new AppError('STORE_UNAVAILABLE', 'the store went away')
        })
      })
      await expect(erase(['--member', nameOf(member)], interrupted)).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
      })
      expect(await statusOf(member.id)).toBe(404)
      expect((await erase(['--member', nameOf(member)]))[0]).toBe(0)
      expect(await store.findByKeys('erasure', ['id'], [[member.id]])).toEqual([])
    }
  })

  it.each([
    ['nobody', [], 'say whom to erase: --email or --member, one of them'],
    [
      'both',
      ['--email', 'a@example.com', '--member', 'x'],
      'say whom to erase: --email or --member, one of them',
    ],
    ['what is no address', ['--email', 'nobody'], '--email must be an e-mail address'],
    ['what is no account', ['--member', 'x', '--account', 'y'], '--account "y" must be a UUID, not "y"'],
    ['a member that is not there', ['--member', 'erased:x'], 'there is no such member in the account'],
  ])('refuses %s', async (_what, options, message) => {
    await expect(erase(options)).rejects.toMatchObject({ message })
  })

  it('wants to know the account where there are several', async () => {
    const other = await api.account('another')
    await expect(erase(['--email', address()])).rejects.toMatchObject({
      message: 'there are 2 accounts: say which one with --account',
    })
    const unknown = newId()
    await expect(erase(['--email', address(), '--account', unknown])).rejects.toMatchObject({
      message: `there is no account ${unknown}`,
    })
    const email = address()
    const deliveryId = await guestOrder(email)
    const printed = 'erased: members 0, deliveries 0'
    expect(await erase(['--email', email, '--account', other.accountId])).toEqual([0, printed])
    expect(await hasBody(deliveryId)).toBe(true)
  })

  it('runs beside the program, and leaves nothing in its files', async () => {
    const email = address()
    await guestOrder(email)
    const { PATH } = process.env
    const env = { PATH, STREAKLINE_DATA_DIR: folder, STREAKLINE_ENCRYPTION_KEY: KEY }
    const args = [CLI, 'erase', '--email', email, '--account', admin.accountId]
    const ended = await new Promise<{ code: unknown; out: string; err: string }>((resolve) =>
      execFile(process.execPath, args, { env }, (error, out, err) =>
        resolve({ code: error?.code ?? 0, out, err }),
      ),
    )
    expect(ended).toEqual({ code: 0, out: 'erased: members 0, deliveries 1\n', err: '' })
    const files = readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(email))
    expect(files).toEqual([])
    // the program goes on with a log that somebody else emptied
    expect(await statusOf((await admin.create('account_user', { externalId: 'after' })).id)).toBe(200)
  })
})

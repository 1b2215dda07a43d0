import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runExplain } from '../../src/cli/explain-run.ts'
import { createSecretBox } from '../../src/crypto/secret-box.ts'
import type { Store } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { type Api, startApi } from '../helpers/api.ts'
import { type ExplainShop, openExplainShop } from '../helpers/explain-shop.ts'
import { shopifyOrder } from '../helpers/payloads.ts'
import { CLI, plainEnv, ROOT } from '../helpers/program.ts'
import { runProgram } from '../helpers/run-program.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

let folder: string
let remove: () => Promise<void>
let store: Store
let api: Api
let shop: ExplainShop
const STREAKLINE_ENCRYPTION_KEY = randomBytes(32).toString('base64')

beforeAll(async () => {
  ;[folder, remove] = await makeTempFolder()
  store = await openSqliteStore(join(folder, 'streakline.sqlite'))
  await store.migrate()
  api = await startApi({ store, secretBox: createSecretBox([STREAKLINE_ENCRYPTION_KEY]) })
  shop = await openExplainShop(api, 'shop')
  await shop.told('orders/paid', shopifyOrder({ currency: 'EUR', totalPrice: '60.00' }))
})
afterAll(async () => {
  await api.close()
  await store.close()
  await remove()
})

/** What the command does, in this process: its exit code and what it prints. */
async function explain(order: string, input: object = {}): Promise<[exitCode: number, printed: string]> {
  const lines: string[] = []
  const installation = { store, deliveries: api.deps.deliveries }
  const exitCode = await runExplain({ installation, print: (line) => void lines.push(line) }, order, input)
  return [exitCode, lines.join('\n')]
}

it('explains an order by its id and by its name, in sentences', async () => {
  const [{ id }] = (await shop.admin.list('delivery')).body.data
  const text = `Order #1001 (5001) of “shopify shop”, 60 EUR, 2026-11-20T15:00:00.000Z
days: counted, 2026-11-20 16:00 in Europe/Berlin
  It counts for 2026-11-20. It arrived after that day was over, and counts for it all the same.
money: counted, 2026-11-20 16:00 in Europe/Berlin
  It counts for 2026-11-20. It arrived after that day was over, and counts for it all the same.
Deliveries: ${id}`
  for (const order of ['5001', '#1001', '1001']) expect(await explain(order)).toEqual([0, text])
})

it('prints what the API answers, with every digit', async () => {
  const [exitCode, printed] = await explain('5001', { json: true })
  expect(exitCode).toBe(0)
  expect(JSON.parse(printed)).toEqual(await shop.explained({ orderId: '5001' }))
})

it('says what to look at, and ends with 1, when nobody has heard of the order', async () => {
  const [exitCode, printed] = await explain('404')
  expect([exitCode, printed.split('\n')]).toEqual([
    1,
    [expect.stringMatching(/^Nothing has arrived of an order “404”\. .*“stripe shop” has never received/)],
  ])
})

it('names an option that is wrong', async () => {
  await expect(explain(' ')).rejects.toThrow(/1 to 256 characters/)
  await expect(explain('1', { connector: 'shop' })).rejects.toThrow(/--connector "shop" must be a UUID/)
  await api.account('another')
  await expect(explain('5001')).rejects.toThrow(/there are 2 accounts: say which one with --account/)
  expect((await explain('5001', { account: shop.admin.accountId }))[0]).toBe(0)
  expect((await explain('5001', { connector: shop.shopify.id }))[0]).toBe(0)
})

it('is a command of the program, beside one that runs', async () => {
  const env = plainEnv({ STREAKLINE_DATA_DIR: folder, STREAKLINE_ENCRYPTION_KEY })
  const run = (...parameters: string[]) =>
    runProgram(process.execPath, [CLI, 'explain', ...parameters], { env, cwd: ROOT })
  const known = await run('5001', '--connector', shop.shopify.id)
  expect([known.status, known.stdout.split('\n')[0]]).toEqual([
    0,
    expect.stringContaining('Order #1001 (5001)'),
  ])
  const unknown = await run('404', '--connector', shop.shopify.id)
  expect([unknown.status, unknown.stderr]).toEqual([1, ''])
  const help = await run('--help')
  expect(help.stdout).toMatch(/Exit code: 0 the order is known/)
})

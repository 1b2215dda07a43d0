import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createSecretBox } from '../../src/crypto/secret-box.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { startApi } from '../helpers/api.ts'
import { shopifyOrder } from '../helpers/payloads.ts'
import { openReplayShop, type ReplayShop, workOff } from '../helpers/replay-shop.ts'
import { shopifyRefund } from '../helpers/report-payloads.ts'
import { type Ended, runProgram } from '../helpers/run-program.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

const CLI = fileURLToPath(new URL('../../src/streakline.js', import.meta.url))

let folder: string
let close: () => Promise<void>
let shop: ReplayShop
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  const [path, remove] = await makeTempFolder()
  folder = path
  const store = await openSqliteStore(join(folder, 'streakline.sqlite'))
  await store.migrate()
  const key = randomBytes(32).toString('base64')
  const api = await startApi({ store, secretBox: createSecretBox([key]) })
  shop = await openReplayShop(api, 'shop')
  await shop.deliver({ id: 1 })
  await workOff(api)
  const { PATH } = process.env
  env = { PATH, STREAKLINE_DATA_DIR: folder, STREAKLINE_ENCRYPTION_KEY: key }
  close = async () => {
    await api.close()
    await store.close()
    await remove()
  }
})
afterAll(() => close())

async function test(body: string, ...more: string[]): Promise<Ended> {
  const file = join(folder, 'payload.json')
  await writeFile(file, body)
  const parameters = [CLI, 'connectors', 'test', shop.connector.id, '--payload', file, ...more]
  return await runProgram(process.execPath, parameters, { env })
}

it('shows rule by rule what a webhook would become, and stores nothing', async () => {
  const before = (await shop.logs()).length
  const { stdout, stderr, status } = await test(shopifyOrder({ id: 2 }))
  expect([stderr, status]).toEqual(['', 0])
  expect(stdout.split('\n')).toEqual([
    '"shop" (shopify)',
    'orders/paid  order 2 (#1001)  translated',
    '  rule 0 → "shop: live"  counted: one for shopify:7001 at 2026-11-20T15:00:00.000Z',
    'Nothing was stored.',
    '',
  ])
  expect((await shop.logs()).length).toBe(before)
})

it('says what has counted already, what is reported, and that the connector is not live', async () => {
  const again = await test(shopifyOrder({ id: 1, totalPrice: '45.00' }))
  expect(again.stdout).toContain('rule 0 → "shop: live"  duplicate DUPLICATE: the order counted with')
  await shop.patchConnector({ status: 'paused' })
  const { stdout } = await test(shopifyRefund({ orderId: 1 }), '--topic', 'refunds/create')
  expect(stdout.split('\n').slice(0, 3)).toEqual([
    '"shop" (shopify), which is paused: while it is, all that comes in is ignored',
    'refunds/create  order 1  reported',
    '  shopify:refund:8001 taken 42.5  applied',
  ])
  await shop.patchConnector({ status: 'live' })
})

it('ends in a sentence for what it cannot test', async () => {
  const run = async (...given: string[]) => {
    const { stderr, status } = await runProgram(process.execPath, [CLI, 'connectors', 'test', ...given], {
      env,
    })
    return [status, stderr.trim()]
  }
  const { id } = shop.connector
  const nowhere = join(folder, 'nowhere.json')
  expect(await run(id, '--payload', nowhere)).toEqual([
    1,
    `--payload ${JSON.stringify(nowhere)} is no file that can be read.`,
  ])
  const large = join(folder, 'large.json')
  await writeFile(large, ' '.repeat(8 * 1024 * 1024 + 1))
  expect(await run(id, '--payload', large)).toEqual([
    1,
    `--payload ${JSON.stringify(large)} has 8388609 bytes, at most 8388608 are allowed.`,
  ])
  const other = id.replace(/.$/, (digit: string) => (digit === '0' ? '1' : '0'))
  await writeFile(nowhere, '{}')
  expect(await run(other, '--payload', nowhere)).toEqual([1, `There is no connector by the id ${other}.`])
  expect((await run('shop', '--payload', nowhere))[1]).toContain('Id "shop" must be a UUID')
})

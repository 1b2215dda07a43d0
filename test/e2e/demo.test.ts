import { appendFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createStreaklineClient } from '../../src/client/index.ts'
import { booksOf, couponCodes, redisOf, runDemoProcess, tableOf } from '../helpers/demo-process.ts'
import { tell } from '../helpers/doubles.ts'
import { ownMongoForTests } from '../helpers/mongo-server.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'
import { until } from '../helpers/until.ts'

const TIMEOUT_MS = 300_000

const TABLE = [
  'shopper    streak           in a row  longest  broken  coupons',
  '---------  ---------------  --------  -------  ------  -----------------------',
  'shopper 1  7 days in a row         7        7  no      10 %  CODE',
  '                                                       20 %  CODE',
  'shopper 1  50 in a day             0        1  day 7   5 EUR CODE',
  'shopper 2  7 days in a row         7        7  no      10 %  CODE',
  '                                                       20 %  CODE',
  'shopper 3  7 days in a row         7        7  no      10 %  CODE',
  '                                                       20 %  CODE',
  'shopper 4  7 days in a row         0        2  day 3   -',
  'guest      7 days in a row         3        3  no      10 %  CODE',
]
/** Of the one of 5 EUR nobody's books but ours tell. */
const BOOKS = [
  'in the books of  code               worth  usable by  until',
  '---------------  -----------------  -----  ---------  ----------',
  'Shopify          CODE   10 %  shopper 1  DATE',
  'Shopify          CODE   10 %  anybody    DATE',
  'Shopify          CODE   10 %  shopper 3  DATE',
  'Shopify          CODE   10 %  anybody    DATE',
  'Stripe           CODE   20 %  anybody    DATE',
  'Stripe           CODE   20 %  shopper 2  DATE',
  'Stripe           CODE   20 %  anybody    DATE',
]
const COUPONS = 8

let parent: string
let folder: string
let remove: () => Promise<void>

beforeEach(async () => {
  ;[parent, remove] = await makeTempFolder()
  folder = join(parent, 'demo')
})

afterEach(async () => {
  // none is left, unless a test failed half-way
  const redis = await redisOf(folder)
  if (redis !== undefined) process.kill(redis)
  await remove()
})

describe('npm run demo', () => {
  it(
    'plays the week, prints table and coupons, ends with 0 and leaves nothing running',
    async () => {
      const demo = await runDemoProcess({ args: ['--data-dir', folder] })
      expect(demo.output).toContain('Everything came out as it should.')
      expect(demo.exitCode).toBe(0)
      expect(tableOf(demo.output)).toEqual(TABLE)
      expect(booksOf(demo.output)).toEqual(BOOKS)
      expect(couponCodes(demo.output)).toHaveLength(COUPONS)
      expect(demo.output).toContain(
        'by client_credentials, 6 subscriptions; a Stripe account by\nrestricted_key',
      )
      expect(demo.output).toMatch(/shopper 3 {2}broken on day 5; .*\n.*late order of day 5/)
      expect(demo.output).toMatch(/forged Shopify order +401 refused +SIGNATURE_MISMATCH/)
      expect(demo.output).not.toContain('\u001b')
      expect(demo.output.split('\n').filter((line) => line.length > 80 && !line.includes(parent))).toEqual([])
      expect(await redisOf(folder)).toBeUndefined()
      expect((await stat(join(folder, 'demo.json'))).mode & 0o077).toBe(0)
    },
    TIMEOUT_MS,
  )

  it(
    'begins anew after its end, and with --keep stays for whoever has the credentials it prints',
    async () => {
      const first = await runDemoProcess({
        args: ['--data-dir', folder, '--keep'],
        endAt: {
          text: '/schema/member_streak/record\n',
          signal: 'SIGKILL',
          meanwhile: async (output) => {
            const origin = printed(output, /API +(http\S+)/)
            const headers = {
              'x-api-key': printed(output, /x-api-key +(\S+)/),
              'x-api-secret': printed(output, /x-api-secret +(\S+)/),
            }
            const api = await fetch(`${origin}/schema/member_streak/record`, { headers })
            expect(api.status).toBe(200)
            const password = printed(output, /user operator, password (\S+)/)
            const authorization = `Basic ${Buffer.from(`operator:${password}`).toString('base64')}`
            const queues = await fetch(printed(output, /queues +(http\S+)/), { headers: { authorization } })
            expect(queues.status).toBe(200)
          },
        },
      })
      expect(tableOf(first.output)).toEqual(TABLE)
      expect(await redisOf(folder)).toBeDefined()

      const second = await runDemoProcess({
        args: ['--data-dir', folder],
        endAt: { text: 'Day 1', signal: 'SIGTERM' },
      })
      expect(second.output).toMatch(/^A new demo/)
      expect(second.exitCode).toBe(130)
      expect(await redisOf(folder)).toBeUndefined()
    },
    TIMEOUT_MS,
  )

  it(
    'stays with doubles of all platforms, tells how to try them, and takes what happens and is installed there',
    async () => {
      const { output, exitCode } = await runDemoProcess({
        args: ['--data-dir', folder, '--keep', '--platforms'],
        endAt: { text: `{"status": "processing"}'`, signal: 'SIGTERM', meanwhile: tryOut },
      })
      expect(exitCode).toBe(0)
      expect(output).toContain('clientSecret shpss_')
      expect(output).toContain('docs/connect-woocommerce.md')
    },
    TIMEOUT_MS,
  )

  it(
    'ends in the same table, with the coupons it had shown, after a kill in the week and one after it',
    async () => {
      const first = await runDemoProcess({
        args: ['--data-dir', folder],
        endAt: { text: 'Day 4', signal: 'SIGKILL' },
      })
      expect(first.exitCode).toBeNull()
      expect(tableOf(first.output)).toEqual([])
      const redis = await redisOf(folder)
      expect(redis).toBeDefined()

      const second = await runDemoProcess({
        args: ['--data-dir', folder],
        endAt: { text: 'late order of day 5', signal: 'SIGKILL' },
      })
      expect(second.output).toMatch(/^Taking up the demo in .* that stopped before its end\./)
      expect(second.exitCode).toBeNull()
      expect(await redisOf(folder)).toBe(redis)

      const third = await runDemoProcess({ args: ['--data-dir', folder] })
      expect(third.exitCode).toBe(0)
      expect(tableOf(third.output)).toEqual(TABLE)
      expect(booksOf(third.output)).toEqual(BOOKS)
      const shown = couponCodes(first.output + second.output)
      expect(shown.length).toBeGreaterThan(3)
      expect(couponCodes(third.output)).toEqual(expect.arrayContaining(shown))
      expect(couponCodes(third.output)).toHaveLength(COUPONS)
      expect(await redisOf(folder)).toBeUndefined()
    },
    TIMEOUT_MS,
  )

  it(
    'stops cleanly when it is told to, and ends with 1 when a coupon too many was made meanwhile',
    async () => {
      const first = await runDemoProcess({
        args: ['--data-dir', folder],
        endAt: { text: 'Day 3', signal: 'SIGINT' },
      })
      expect(first.exitCode).toBe(130)
      expect(first.output).toContain('Run the same command again')
      expect(await redisOf(folder)).toBeUndefined()

      const surplus = {
        id: '1',
        code: 'SURPLUS',
        percentage: 0.5,
        amount: null,
        customerIds: [],
        endsAt: null,
      }
      const line = { table: 'discounts', id: surplus.id, row: surplus }
      await appendFile(join(folder, 'doubles', 'shopify.jsonl'), `${JSON.stringify(line)}\n`)
      const second = await runDemoProcess({ args: ['--data-dir', folder] })
      expect(second.output).toContain('✗ Shopify has 4 coupons in its books, one per reward and no more')
      expect(second.output).toContain('found: 5 in its books, 4 rewards')
      expect(second.exitCode).toBe(1)
    },
    TIMEOUT_MS,
  )

  it('touches no folder that holds something else', async () => {
    await writeFile(join(parent, 'precious'), 'mine')
    const demo = await runDemoProcess({ args: ['--data-dir', parent, '--fresh'] })
    expect(demo.exitCode).toBe(1)
    expect(demo.output).toMatch(
      /^.* is not empty and holds no demo: name another folder with --data-dir\.\n$/,
    )
    expect(await readdir(parent)).toEqual(['precious'])
  })

  it(
    'does the same on MongoDB, also after a kill',
    async () => {
      const mongo = await ownMongoForTests()
      // said loudly by the helper; with REQUIRE_MONGO=1 it throws
      if (mongo === null) return
      try {
        const args = ['--store', 'mongo', '--data-dir', folder]
        const env = { MONGODB_URI: mongo.uri }
        const first = await runDemoProcess({ args, env, endAt: { text: 'Day 5', signal: 'SIGKILL' } })
        expect(first.exitCode).toBeNull()
        const second = await runDemoProcess({ args, env })
        expect(second.output).toMatch(/^Taking up/)
        expect(second.exitCode).toBe(0)
        expect(tableOf(second.output)).toEqual(TABLE)
        expect(await redisOf(folder)).toBeUndefined()
      } finally {
        await mongo.stop()
      }
    },
    TIMEOUT_MS,
  )
})

/** What the demo that stays invites to, by what it printed alone. */
async function tryOut(output: string): Promise<void> {
  const doubleOf = (name: string) => printed(output, new RegExp(`${name}'s double +(http\\S+)`))
  for (const name of ['shopify', 'stripe', 'woocommerce', 'voucherify']) {
    expect((await fetch(`${doubleOf(name)}/__control/world`)).status).toBe(200)
  }
  const start = printed(output, /console +(http\S+)/)
  expect(start).toMatch(/\/console\/start#token=\S+$/)
  expect((await fetch(start)).status).toBe(200)

  const order = printed(output, /-d '(\{"customer".+)'/)
  await tell({ origin: doubleOf('shopify') }, 'POST /orders', JSON.parse(order))
  const api = createStreaklineClient({
    baseUrl: printed(output, /API +(http\S+)/),
    apiKey: printed(output, /x-api-key +(\S+)/),
    apiSecret: printed(output, /x-api-secret +(\S+)/),
  })
  const [seven] = (await api.streak.list()).data
  const ada = { fieldSlug: 'externalId', operator: 'STARTS_WITH', value: 'shopify:8209' } as const
  await until(async () => (await api.member.list({ filters: ada })).data.length === 1)

  const shop = await api.connector.create({
    name: 'my shop',
    platform: 'woocommerce',
    settings: { siteUrl: printed(output, /siteUrl (\S+)/) },
    rules: [{ streakId: seven!.id, value: 'one' }],
  })
  const { status, installation } = await api.connector.install(shop.id, {
    method: 'rest_keys',
    consumerKey: printed(output, /consumerKey (\S+)/),
    consumerSecret: printed(output, /consumerSecret (\S+)/),
  })
  expect([status, installation.state, installation.problem]).toEqual(['live', 'installed', null])
}

function printed(output: string, pattern: RegExp): string {
  const [, text] = pattern.exec(output) ?? []
  if (text === undefined) throw new Error(`the output does not match ${pattern}`)
  return text
}

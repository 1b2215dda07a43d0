import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { v7 as newId } from 'uuid'
import { replayCommand } from '../../src/cli/replay.ts'
import { runReplay } from '../../src/cli/replay-run.ts'
import type { ReplayInput } from '../../src/cli/replay-targets.ts'
import { createSecretBox } from '../../src/crypto/secret-box.ts'
import type { Store } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { type Api, startApi } from '../helpers/api.ts'
import { openReplayShop, type ReplayShop, workOff } from '../helpers/replay-shop.ts'
import { insert, read } from '../helpers/reward-world.ts'
import { until } from '../helpers/until.ts'

const CLI = fileURLToPath(new URL('../../src/streakline.js', import.meta.url))
const MANY = 400

let dataDir: string
let store: Store
let api: Api
let shop: ReplayShop
let env: NodeJS.ProcessEnv
let orderId = 1

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'streakline-replay-'))
  store = await openSqliteStore(join(dataDir, 'streakline.sqlite'))
  await store.migrate()
  // secrets of this store are sealed with the key that the command is given
  const STREAKLINE_ENCRYPTION_KEY = randomBytes(32).toString('base64')
  api = await startApi({ store, secretBox: createSecretBox([STREAKLINE_ENCRYPTION_KEY]) })
  shop = await openReplayShop(api, 'shop')
  const { PATH } = process.env
  env = { PATH, STREAKLINE_DATA_DIR: dataDir, STREAKLINE_ENCRYPTION_KEY }
})
afterAll(async () => {
  await api.close()
  await store.close()
  await rm(dataDir, { recursive: true, force: true })
})

const silent = { show: () => {}, end: () => {} }

/** What the command does, in this process: its exit code and what it prints. */
async function replay(...options: string[]): Promise<[exitCode: number, printed: string]> {
  const { deliveries, rewards } = api.deps
  const lines: string[] = []
  const run = {
    installation: { store, deliveries, rewards },
    print: (line: string) => void lines.push(line),
    progress: silent,
    signal: new AbortController().signal,
  }
  const { value } = await parsed(options)
  return [await runReplay(run, value), lines.join('\n')]
}

/** The options as the command line reads them. */
async function parsed(options: readonly string[]): Promise<{ value: ReplayInput }> {
  let value: ReplayInput = {}
  const command = replayCommand().action((given: ReplayInput) => {
    value = given
  })
  await command.parseAsync([...options], { from: 'user' })
  return { value }
}

/** Orders that came while the connector was paused; it is live again. */
async function missed(count: number): Promise<string[]> {
  await shop.patchConnector({ status: 'paused' })
  const ids = await Promise.all(
    Array.from({ length: count }, () => {
      orderId += 1
      return shop.deliver({ id: orderId, customerId: orderId })
    }),
  )
  await shop.patchConnector({ status: 'live' })
  return ids
}

describe('streakline replay', () => {
  it('counts first with --dry-run, then replays what was missed, then finds nothing left', async () => {
    const ids = await missed(3)
    const conditions = ['--connector', shop.connector.id, '--reason', 'CONNECTOR_NOT_LIVE']
    expect(await replay(...conditions, '--dry-run')).toEqual([
      0,
      '3 deliveries match.\n3 would be replayed, 0 unchanged; items that would be queued: 3.',
    ])
    expect(await shop.items(ids[0]!)).toEqual([])
    expect(await replay(...conditions)).toEqual([
      0,
      '3 deliveries match.\n3 replayed, 0 unchanged; items that were queued: 3.',
    ])
    await workOff(api)
    for (const id of ids) expect(await shop.items(id)).toEqual(['counted'])
    expect(await replay(...conditions)).toEqual([
      0,
      '0 deliveries match.\n0 replayed, 0 unchanged; items that were queued: 0.',
    ])
  })

  it('says why nothing was replayed, by reason and number', async () => {
    const [id] = await missed(3)
    const all = ['--connector', shop.connector.id, '--reason', 'CONNECTOR_NOT_LIVE']
    await shop.patchConnector({ status: 'paused' })
    expect(await replay(...all)).toEqual([
      0,
      '3 deliveries match.\n0 replayed, 3 unchanged; items that were queued: 0.\nUnchanged: CONNECTOR_NOT_LIVE 3.',
    ])
    await shop.patchConnector({ status: 'live' })
    await replay('--delivery', id!)
    await workOff(api)
    const order = (await shop.shown(id!)).orderId as string
    const settled = '0 replayed, 1 unchanged; items that were queued: 0.\nUnchanged: COUNTED 1.'
    expect(await replay('--connector', shop.connector.id, '--order', order)).toEqual([
      0,
      `1 deliveries match.\n${settled}`,
    ])
    expect(await replay('--delivery', id!)).toEqual([
      0,
      `delivery ${id}  unchanged, items queued: 0 (COUNTED)`,
    ])
    await replay(...all)
    await workOff(api)
  })

  it('takes ids, of deliveries and of rewards, and says which are not there', async () => {
    const [deliveryId] = await missed(1)
    const reward = await insert(store, 'reward_log', {
      accountId: shop.admin.accountId,
      standing: true,
      reward: { providerId: newId(), discount: { percentage: '10' } },
      fulfilmentStatus: 'failed',
      failureReason: 'POOL_EMPTY',
      drawnCode: 'TEN-1',
      attempt: 2,
    })
    const unknown = newId()
    const ids = ['--delivery', deliveryId!, '--reward', reward.id]
    expect(await replay(...ids, '--dry-run')).toEqual([
      0,
      `delivery ${deliveryId}  would be replayed, items to queue: 1\nreward_log ${reward.id}  would be tried again`,
    ])
    expect(await replay(...ids, '--delivery', unknown)).toEqual([
      1,
      [
        `delivery ${unknown}  is not there`,
        `delivery ${deliveryId}  replayed, items queued: 1`,
        `reward_log ${reward.id}  pending`,
      ].join('\n'),
    ])
    expect(await read(store, 'reward_log', reward.id)).toMatchObject({
      fulfilmentStatus: 'pending',
      failureReason: null,
      drawnCode: 'TEN-1',
      attempt: 3,
    })
  })

  it.each([
    [[], 'say what to replay'],
    [['--outcome', 'lost'], '--outcome "lost" must be one of pending'],
    [['--from', 'yesterday'], '--from "yesterday"'],
    [['--delivery', 'x'], '--delivery "x"'],
    [['--connector', newId()], 'there is no connector'],
    [['--delivery', newId(), '--reason', 'X'], '--delivery and --reward name what to replay'],
  ])('ends with a sentence for %j', async (options, sentence) => {
    await expect(replay(...options)).rejects.toThrow(sentence)
  })

  it('asks for the account where there are several', async () => {
    const other = await api.account('another shop')
    await expect(replay('--reason', 'X')).rejects.toThrow(
      'there are 2 accounts: say which one with --account',
    )
    expect(await replay('--reason', 'X', '--account', other.accountId)).toEqual([
      0,
      expect.stringMatching(/^0 deliveries/),
    ])
    const theirs = ['--connector', shop.connector.id, '--account', other.accountId]
    await expect(replay(...theirs)).rejects.toThrow('has no connector')
  })

  it('runs beside the program, and stops at Ctrl-C after the page it is at, says how far it came, and goes on the next time', async () => {
    await missed(MANY)
    const conditions = ['--connector', shop.connector.id, '--reason', 'CONNECTOR_NOT_LIVE']
    const child = spawn(process.execPath, [CLI, 'replay', ...conditions], { env })
    let stdout = ''
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    await until(() => stdout.includes(`${MANY} deliveries match.`))
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    const done = Number(/Stopped after (\d+) of 400 deliveries/.exec(stdout)?.[1])
    expect([100, 200, 300]).toContain(done)
    expect(stdout).toContain(`${done} replayed, 0 unchanged; items that were queued: ${done}.`)
    const [, rest] = await replay(...conditions)
    expect(rest).toContain(`${MANY - done} replayed, 0 unchanged`)
  })
})

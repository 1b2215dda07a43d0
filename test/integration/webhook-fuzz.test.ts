import { createHash, randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { isIdentityOnly } from '../../src/ports/schema/values.ts'
import type { Row } from '../../src/ports/schema.ts'
import { IS_FULL_RUN } from '../helpers/full-run.ts'
import { type RawAnswer, sendRaw } from '../helpers/raw-http.ts'
import { type WebhookCase, webhookCases } from '../helpers/webhook-fuzz/cases.ts'
import { saysSo } from '../helpers/webhook-fuzz/oracle.ts'
import { sendPipelined } from '../helpers/webhook-fuzz/pipeline.ts'
import { type FuzzRig, openFuzzRig } from '../helpers/webhook-fuzz/rig.ts'
import type { Look } from '../helpers/webhook-fuzz/web-child.ts'

/** Another one each time; it stands in the name of the suite, and FUZZ_SEED repeats it. */
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 30))
/** WEBHOOK_FUZZ_CASES asks for another number. */
const CASES = Number(process.env.WEBHOOK_FUZZ_CASES ?? (IS_FULL_RUN ? 10_000 : 4_000))
const ROUND = 1000
const MAX_HEAP_GROWTH_BYTES = 8 * 1024 * 1024
const WITHIN_MS = 300_000
const ALL = 1_000_000
const LANES = 4

interface Left {
  readonly deliveries: readonly Row<'delivery'>[]
  readonly items: readonly Row<'delivery_item'>[]
  readonly connectors: readonly Row<'connector'>[]
  readonly membersAndLogs: number
}

interface Answered {
  readonly sent: WebhookCase
  readonly answer: RawAnswer
}

describe(`hostile webhooks (FUZZ_SEED=${SEED})`, () => {
  let rig: FuzzRig
  let left: Left
  const answered: Answered[] = []
  const looks: Look[] = []

  beforeAll(async () => {
    rig = await openFuzzRig()
    for (let done = 0; done < CASES; done += ROUND) {
      const cases = webhookCases(rig.targets, Math.min(ROUND, CASES - done), SEED + done)
      answered.push(...(await sendAll(rig.origin, cases)))
      looks.push(await rig.look())
    }
    left = await rig.finish(async (store) => ({
      deliveries: await store.find('delivery', { limit: ALL }),
      items: await store.find('delivery_item', { limit: ALL }),
      connectors: await store.find('connector', { limit: ALL }),
      membersAndLogs: (
        await Promise.all(
          (['member', 'streak_log', 'withdrawal', 'streak_progress', 'purchase'] as const).map((collection) =>
            store.find(collection, { limit: ALL }),
          ),
        )
      ).flat().length,
    }))
  }, WITHIN_MS)
  afterAll(() => rig.close())

  it('are answered as the contract says, and never with a failure', () => {
    const wrong = answered.filter(({ sent, answer }) => !mayAnswer(sent, answer))
    expect(
      wrong.slice(0, 3).map(({ sent, answer }) => `${answer.status} ${answer.body}\n${sent.what}`),
    ).toEqual([])
    const statuses = new Set(answered.map(({ answer }) => answer.status))
    expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 401, 415]))
  })

  it('leave a delivery exactly where they were signed and answered 200', () => {
    const stored = answered.filter(({ answer }) => answer.status === 200)
    const ids = new Set(stored.map(({ answer }) => JSON.parse(answer.body).data.deliveryId))
    const kept = new Map(left.deliveries.map(({ id, bodySha256 }) => [id, bodySha256]))
    expect([...ids].filter((id) => !kept.has(id))).toEqual([])
    // who hangs up may be stored and yet not answered
    const unread = answered.filter(({ sent, answer }) => sent.isSigned && answer.status === null)
    const hashes = new Set(unread.map(({ sent }) => createHash('sha256').update(sent.body).digest('hex')))
    expect([...kept].filter(([id, hash]) => !ids.has(id) && !hashes.has(hash))).toEqual([])
    const unsigned = stored.filter(({ sent }) => !sent.isSigned)
    expect(unsigned.slice(0, 3).map(({ sent }) => sent.what)).toEqual([])
    expect(left.membersAndLogs).toBe(0)
  })

  it('count for nothing unless the signed body itself is what its topic says', () => {
    const read = left.deliveries.filter(({ outcome }) => outcome !== 'ignored')
    expect(
      read
        .filter((delivery) => !saysSo(delivery))
        .slice(0, 3)
        .map(shown),
    ).toEqual([])
    const ignored = new Set(
      left.deliveries.filter(({ outcome }) => outcome === 'ignored').map(({ id }) => id),
    )
    const made = left.items.filter((item) => ignored.has(item.deliveryId) && !isIdentityOnly(item))
    expect(made).toEqual([])
  })

  it('have got as far as every outcome', () => {
    const outcomes = new Set(left.deliveries.flatMap(({ outcome, reason }) => [outcome, reason]))
    const reasons = ['TOPIC_NOT_SUPPORTED', 'BODY_NOT_UNDERSTOOD', 'SHOP_MISMATCH', 'NOT_PAID', 'CANCELLED']
    expect([...outcomes]).toEqual(
      expect.arrayContaining(['translated', 'reported', 'NOT_CANCELLED', ...reasons]),
    )
    const refusals = answered.flatMap(({ answer }) => (answer.status === 401 ? detailOf(answer) : []))
    const all = ['SIGNATURE_MISSING', 'SIGNATURE_MALFORMED', 'SIGNATURE_MISMATCH', 'SIGNATURE_STALE']
    expect([...new Set(refusals)].toSorted()).toEqual(all.toSorted())
  })

  it('are counted on their connector when they are refused, and nothing of them is kept', () => {
    const refused = answered.filter(({ answer }) => answer.status === 401).length
    const counted = left.connectors.reduce((sum, { refusedCount }) => sum + refusedCount, 0)
    const unread = answered.filter(({ sent, answer }) => !sent.isSigned && answer.status === null).length
    expect(counted).toBeGreaterThanOrEqual(refused)
    expect(counted).toBeLessThanOrEqual(refused + unread)
    for (const { recentRefusals } of left.connectors) {
      expect(recentRefusals).toHaveLength(20)
      for (const refusal of recentRefusals) expect(Object.keys(refusal).toSorted()).toEqual(['at', 'reason'])
    }
  })

  it('leave no rejection unhandled and no error in the log', () => {
    const last = looks.at(-1)
    expect(last?.rejections).toEqual([])
    expect(last?.errorLines).toEqual([])
  })

  it('leave the memory as flat as it was', () => {
    const heaps = looks.map(({ heapBytes }) => heapBytes)
    const early = Math.max(...heaps.slice(0, 3))
    const late = Math.min(...heaps.slice(-3))
    expect(late - early).toBeLessThan(MAX_HEAP_GROWTH_BYTES)
  })
})

/** Those that may break their connection are sent each on one of its own, between the others. */
async function sendAll(origin: string, cases: readonly WebhookCase[]): Promise<Answered[]> {
  const whole = cases.filter(({ mayBreak }) => !mayBreak)
  const alone = cases.filter(({ mayBreak }) => mayBreak)
  const answers = sendPipelined(
    origin,
    whole.map(({ bytes }) => bytes),
  )
  const sendAlone = async (lane: number): Promise<Answered[]> => {
    const answered: Answered[] = []
    for (const sent of alone.filter((_, at) => at % LANES === lane)) {
      answered.push({ sent, answer: await sendRaw(origin, sent.bytes, { hangUp: sent.mayHang }) })
    }
    return answered
  }
  const lanes = Array.from({ length: LANES }, (_, lane) => sendAlone(lane))
  const paired = answers.then((got) => whole.map((sent, at): Answered => ({ sent, answer: got[at]! })))
  return (await Promise.all([paired, ...lanes])).flat()
}

function mayAnswer({ isSigned, isJson, mayBreak, mayHang }: WebhookCase, { status }: RawAnswer): boolean {
  if (!mayBreak) return status === (isSigned ? (isJson ? 200 : 415) : 401)
  if (status === null) return mayHang
  return status === 200 ? isSigned : status >= 400 && status < 500
}

function detailOf({ body }: RawAnswer): string[] {
  return JSON.parse(body).error.details.map(({ message }: { message: string }) => message)
}

function shown({ platform, topic, outcome, orderId, body }: Row<'delivery'>): string {
  return `${platform} ${topic} ${outcome} ${orderId}\n${Buffer.from(body ?? [])
    .toString('latin1')
    .slice(0, 2000)}`
}

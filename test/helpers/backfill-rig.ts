import { randomBytes } from 'node:crypto'
import { v7 as newId } from 'uuid'
import { connectorFor } from '../../connectors/registry.ts'
import { createStripeHands } from '../../connectors/stripe/hands/index.ts'
import { beginReconcile } from '../../src/backfill/begin.ts'
import { type StripeDouble, startStripeDouble } from '../../src/doubles/stripe/index.ts'
import { createRecorder } from '../../src/engine/record.ts'
import { readHere } from '../../src/inbox/reading.ts'
import { change } from '../../src/ports/changes.ts'
import type { Hands, Site } from '../../src/ports/hands.ts'
import type { PlatformDoor } from '../../src/ports/platform-door.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { drawCode, foldCode } from '../../src/rewards/code.ts'
import { createProcessItems } from '../../workers/activity/process.ts'
import { createForesee } from '../../workers/backfill/foresee.ts'
import { dueBackfills, type RunDeps, runBackfill } from '../../workers/backfill/run.ts'
import type { Api, Body, Client } from './api.ts'
import { tell } from './doubles.ts'
import { callsTo } from './platform-calls.ts'
import { quietLogger } from './quiet-logger.ts'

export interface Charge {
  readonly id: string
  readonly payment_intent: string
}

/** A connector that is installed at a double of Stripe, and what workers do for it, done when a test says so. */
export interface BackfillRig {
  readonly api: Api
  readonly double: StripeDouble
  readonly admin: Client
  readonly streak: Body
  readonly connector: Body
  pay(given?: object): Promise<Charge>
  /** Everything that the double wants to tell arrives. */
  settled(): Promise<void>
  begin(body?: object): Promise<{ readonly status: number; readonly body: Body }>
  /** Begins one and lets it run to its end. */
  backfill(body?: object): Promise<Body>
  /** Works on what is due, through this store and door. Answers how often there was something. */
  work(over?: Partial<Pick<RunDeps, 'store' | 'door'>>, signal?: AbortSignal): Promise<number>
  shown(id: string): Promise<Body>
  reconcile(): Promise<Row<'backfill'> | null>
  installation(): Promise<Row<'installation'>>
  setInstallation(set: Partial<Row<'installation'>>): Promise<void>
  /** What only an order that was taken in changes. */
  ledger(): Promise<Body>
  deliveries(): Promise<Body[]>
  /** The clock of the program goes on; that of the platform too. */
  later(ms: number): Promise<void>
  /** From now on the platform's clock stands still but for `later`: what happens there happens within this second. */
  platformStandsStill(): void
  readonly door: PlatformDoor
}

const HOUR_MS = 3_600_000

export async function openBackfillRig(api: Api): Promise<BackfillRig & { close(): Promise<void> }> {
  let ahead = 0
  const setClock = () => api.clock.set(new Date(Date.now() + ahead).toISOString())
  setClock()
  let stoodStillAt: number | null = null
  const double = await startStripeDouble({ now: () => stoodStillAt ?? Date.now() })
  await tell(double, 'POST /limits', { test: 100_000, endpoint: 100_000 })
  const hands = createStripeHands({ calls: callsTo(double).calls, clock: api.clock })
  const admin = await api.account(`shop ${newId()}`)
  const streak = await admin.create('streak', {
    name: 'buy every day',
    status: 'live',
    aggregationMethod: 'sum',
    aggregationTargetValue: 1,
  })
  const connector = await admin.create('connector', {
    name: 'stripe',
    platform: 'stripe',
    status: 'live',
    credentials: { webhookSecrets: [`whsec_${'a'.repeat(24)}`] },
    rules: [
      {
        streakId: streak.id,
        value: 'order_total',
        currency: 'EUR',
        minimumValue: 5,
        identifyBy: 'email',
        testOrders: 'count',
      },
    ],
  })
  const webhookUrl = `${api.origin}${connector.webhookPath}`
  const site: Site = {
    accountId: admin.accountId,
    connectorId: connector.id,
    settings: {},
    webhookUrl,
    webhookPath: connector.webhookPath,
    readsProducts: false,
    keptSecrets: 1,
    former: null,
  }
  const access = { apiKey: double.keys()[1]!.id }
  await subscribe(admin, connector.id, hands, site, access)
  await setInstallation({
    state: 'installed',
    sealedAccess: 'sealed',
    scopes: [],
    reconciledAt: api.clock.now(),
  })

  async function installation(): Promise<Row<'installation'>> {
    const [row] = await api.store.findByKeys('installation', ['id'], [[connector.id]])
    return row!
  }
  async function setInstallation(set: Partial<Row<'installation'>>): Promise<void> {
    await api.store.commit([change('installation', await installation(), {}, set)])
  }

  const door: PlatformDoor = {
    async use(_accountId, _connectorId, ask) {
      const told = await ask(hands, site, access)
      const isRefused = told.outcome === 'refused' && told.refused === 'access'
      return isRefused ? { outcome: 'closed', code: 'TOKEN_REFUSED' } : told
    },
  }
  const shown = async (id: string) => (await admin.get(`/schema/backfill/record/${id}`)).body.data
  const begin = (body: object = {}) => {
    setClock()
    const since = new Date(api.clock.now() - 24 * HOUR_MS).toISOString()
    const until = new Date(api.clock.now() + HOUR_MS).toISOString()
    return admin.post(`/schema/connector/record/${connector.id}/backfill`, { since, until, ...body })
  }
  const work: BackfillRig['work'] = async (over = {}, signal = new AbortController().signal) => {
    let rounds = 0
    // the clock stands still meanwhile: however slow the machine is, what is due later stays for later
    setClock()
    for (;;) {
      const deps = runDeps(api, over.store ?? api.store, over.door ?? door)
      const due = (await dueBackfills(deps, 10)).filter(({ connectorId }) => connectorId === connector.id)
      if (due.length === 0 || signal.aborted) return rounds
      for (const row of due) await runBackfill(deps, row, signal)
      await deps.drain()
      rounds += 1
    }
  }
  const all = async (slug: string) => (await admin.list(slug, { limit: 1000 })).body.data as Body[]
  return {
    api,
    double,
    admin,
    streak,
    connector,
    door,
    pay: (given = {}) =>
      tell<Charge>(double, 'POST /charges', { email: 'ada@example.com', amount: 2_500, ...given }),
    settled: async () => {
      setClock()
      await tell(double, 'POST /deliveries/settled', {})
    },
    begin,
    async backfill(body) {
      const answer = await begin(body)
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
      await work()
      return shown(answer.body.data.id)
    },
    work,
    shown,
    reconcile: () =>
      beginReconcile(
        { store: api.store, clock: api.clock, newId, hands: api.deps.hands },
        admin.accountId,
        connector.id,
      ),
    installation,
    setInstallation,
    async ledger() {
      const slugs = ['streak_log', 'withdrawal', 'streak_progress', 'reward_log', 'account_user']
      return Object.fromEntries(await Promise.all(slugs.map(async (slug) => [slug, await all(slug)])))
    },
    deliveries: () => all('delivery'),
    async later(ms) {
      ahead += ms
      setClock()
      await tell(double, 'POST /clock', { advanceSeconds: Math.ceil(ms / 1_000) })
    },
    platformStandsStill() {
      stoodStillAt = Date.now()
    },
    close: () => double.stop(),
  }
}

async function subscribe(
  admin: Client,
  connectorId: string,
  hands: Hands,
  site: Site,
  access: object,
): Promise<void> {
  const mended = await hands.mend(site, { ...access })
  if (mended.outcome !== 'ok') throw new Error(JSON.stringify(mended))
  const { newWebhookSecrets: webhookSecrets } = mended.value
  const answer = await admin.patch(`/schema/connector/record/${connectorId}`, {
    credentials: { webhookSecrets },
  })
  if (answer.status !== 200) throw new Error(answer.text)
}

function runDeps(api: Api, store: Store, door: PlatformDoor): RunDeps & { drain(): Promise<void> } {
  const { clock } = api
  const drawn = (prefix: string) => {
    const code = drawCode(prefix, randomBytes)
    return { code, foldedCode: foldCode(code) }
  }
  const sources = { newId, drawCode: drawn }
  const queue = { enqueue: async () => {} } as unknown as Parameters<typeof createRecorder>[0]['queue']
  const recorder = createRecorder({ store, queue, clock, logger: quietLogger, sources })
  return {
    store,
    door,
    clock,
    newId,
    logger: quietLogger,
    connectorFor,
    read: (unread) => readHere({ connectorFor }, unread),
    processItems: createProcessItems({ store, recorder, clock, logger: quietLogger }),
    foresee: createForesee({ store, clock, newId }),
    async drain() {
      await recorder.drain()
    },
  }
}

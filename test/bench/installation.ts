import { randomBytes } from 'node:crypto'
import { createAccount } from '../../src/accounts/accounts.ts'
import { openInstallation } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Change, Store } from '../../src/ports/store.ts'
import { wholeQuantity } from '../../src/streaks/quantity.ts'
import type { StoreKind } from '../helpers/open-store.ts'
import { plainMilestone, plainStreak } from '../helpers/plain-rows.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import { credentialsOf } from '../helpers/secret-places.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

export const WEBHOOK_SECRET = 'shpss_0123456789abcdef'
const ROWS_PER_COMMIT = 500

/** An installation with a shop: a daily streak, a milestone on its 7th day, a Shopify connector that feeds it. */
export interface Installation {
  /** What a process of the product is started with. */
  readonly env: Readonly<Record<string, string>>
  readonly accountId: string
  readonly streakId: string
  readonly connector: Row<'connector'>
  /** Opens the store for `work`; no process of the product may have it meanwhile. */
  withStore<T>(work: (store: Store) => Promise<T>): Promise<T>
  remove(): Promise<void>
}

export interface InstallationOptions {
  readonly store: StoreKind
  readonly redisUrl: string
  readonly mongoUri: string | undefined
  /** Who makes the coupon of each member's first order; absent: the 7th day is fulfilled by hand. */
  readonly coupons?: { readonly host: string; readonly url: string }
}

export async function makeInstallation(options: InstallationOptions): Promise<Installation> {
  const [dataDir, removeFolder] = await makeTempFolder()
  const env = {
    STREAKLINE_DATA_DIR: dataDir,
    STREAKLINE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    // what is measured is the work, not its limits
    STREAKLINE_REQUESTS_PER_KEY: '1000000',
    STREAKLINE_REQUESTS_PER_ADDRESS: '1000000',
    REDIS_URL: options.redisUrl,
    PORT: '0',
    ...(options.coupons === undefined ? {} : { STREAKLINE_HTTP_PROVIDER_ALLOW: options.coupons.host }),
    ...(options.store === 'mongodb' ? { MONGODB_URI: options.mongoUri! } : {}),
  }
  const open = () => openInstallation(readConfig(env), quietLogger)
  const parts = await open()
  const { account } = await createAccount(parts, 'bench', 'UTC')
  const common = () => {
    const now = parts.clock.now()
    return { id: parts.newId(), accountId: account.id, createdAt: now, updatedAt: now, revision: 1 }
  }
  const streak = dailyStreak(common())
  const fields = common()
  const webhookSecrets = JSON.stringify({ webhookSecrets: [WEBHOOK_SECRET] })
  const credentials = parts.secretBox.seal(webhookSecrets, credentialsOf('connector', fields.id))
  const connector = shopifyConnector(fields, streak.id, credentials)
  await commitAll(parts.store, [
    { op: 'insert', collection: 'streak', row: streak },
    ...(options.coupons === undefined
      ? [{ op: 'insert', collection: 'milestone', row: seventhDay(common(), streak.id) } as const]
      : firstDay(parts, common, streak.id, options.coupons.url)),
    { op: 'insert', collection: 'connector', row: connector },
  ])
  await parts.close()
  return {
    env,
    accountId: account.id,
    streakId: streak.id,
    connector,
    async withStore(work) {
      const { store, close } = await open()
      try {
        return await work(store)
      } finally {
        await close()
      }
    },
    remove: removeFolder,
  }
}

/** @throws Error when one of them conflicts */
export async function commitAll(store: Store, changes: readonly Change[]): Promise<void> {
  for (let from = 0; from < changes.length; from += ROWS_PER_COMMIT) {
    const result = await store.commit(changes.slice(from, from + ROWS_PER_COMMIT))
    if (result.outcome !== 'committed')
      throw new Error(`rows of the bench conflict: ${JSON.stringify(result)}`)
  }
}

interface Common {
  readonly id: string
  readonly accountId: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly revision: number
}

export function dailyStreak(common: Common, completionTargetValue: number | null = null): Row<'streak'> {
  return plainStreak(common, { name: 'daily purchase', timezone: 'America/New_York', completionTargetValue })
}

/** Fulfilled by hand: what providers take is not measured here. */
export function countMilestone(
  common: Common,
  streakId: string,
  days: number,
  milestoneRepeat: 'every_streak' | 'once' = 'every_streak',
): Row<'milestone'> {
  const milestoneTargetValue = wholeQuantity(days)
  return plainMilestone(common, streakId, { name: `day ${days}`, milestoneTargetValue, milestoneRepeat })
}

const seventhDay = (common: Common, streakId: string) => countMilestone(common, streakId, 7)

/** Whose signing secret nobody checks. */
const SIGNING_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

/** A milestone on the first day, whose coupon an HTTP service makes. */
function firstDay(
  { secretBox }: Pick<Awaited<ReturnType<typeof openInstallation>>, 'secretBox'>,
  common: () => Common,
  streakId: string,
  url: string,
): Change[] {
  const fields = common()
  const secrets = JSON.stringify({ signingSecret: SIGNING_SECRET })
  const sealedCredentials = secretBox.seal(secrets, credentialsOf('coupon_provider', fields.id))
  const rest = {
    name: 'service',
    provider: 'http',
    connectorId: null,
    settings: { url },
    hasRewards: false,
  } as const
  const reward = { providerId: fields.id, discount: { percentage: '10' }, prefix: 'BENCH' }
  const milestone = { ...countMilestone(common(), streakId, 1), reward }
  return [
    { op: 'insert', collection: 'coupon_provider', row: { ...fields, ...rest, sealedCredentials } },
    { op: 'insert', collection: 'milestone', row: milestone },
  ]
}

function shopifyConnector(common: Common, streakId: string, sealedCredentials: string): Row<'connector'> {
  return {
    ...common,
    name: 'shop',
    platform: 'shopify',
    status: 'live',
    sealedCredentials,
    settings: { shopDomain: 'example.myshopify.com' },
    siteKey: null,
    ownId: null,
    purchaseSpace: common.id,
    orderIdFrom: null,
    rules: [
      {
        streakId,
        activityId: 'made_a_purchase',
        value: 'one',
        currency: null,
        minimumValue: null,
        identifyBy: 'customer_id',
        guests: 'by_email',
        testOrders: 'ignore',
      },
    ],
    hasDeliveries: false,
    hasPurchases: false,
    refusedCount: 0,
    recentRefusals: [],
  }
}

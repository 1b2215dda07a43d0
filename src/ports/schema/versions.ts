import { ACCOUNTS } from './accounts.ts'
import { CONNECTORS } from './connectors.ts'
import { addressBeside, nameKeys } from './member-names.ts'
import { REWARDS } from './rewards.ts'
import type { CollectionSpec, RowOf } from './spec.ts'
import { emailIdentity, isIdentityOnly } from './values.ts'

/** Removes an index that the schema no longer has. Older programs may still ask for it by name: see docs/adding-a-field.md. */
export interface DropIndex {
  readonly kind: 'drop_index'
  readonly collection: string
  readonly index: string
}

/** Works out fields of rows that are there already, in small batches, from where it was interrupted. */
export interface Fill {
  readonly kind: 'fill'
  readonly collection: string
  /** For people: what is filled. */
  readonly what: string
  /**
   * `before`: the program does not start until all rows are done; for collections that are small. `beside`: it starts
   * at once and fills beside its work; until then it sees unfilled rows.
   */
  readonly when: 'before' | 'beside'
  /**
   * What to set on a row, null for nothing. Pure, and idempotent: for a row that it filled it gives null or the same.
   * It sees the row as the newest schema reads it.
   */
  of(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | null
}

/** Collections, fields and indexes that are new follow from the schema and are no steps. */
export type Step = DropIndex | Fill

export interface SchemaVersion {
  /** One more than the last. */
  readonly version: number
  /** For people: what changed. */
  readonly what: string
  /** Taken in this order, each once. What has been released is never altered. */
  readonly steps?: readonly Step[]
}

/** A `Fill` of the collection `name`, typed by its spec. */
export function fill<S extends CollectionSpec>(
  name: string,
  _spec: S,
  what: string,
  when: Fill['when'],
  of: (row: RowOf<S>) => Partial<RowOf<S>> | null,
): Fill {
  return { kind: 'fill', collection: name, what, when, of: of as unknown as Fill['of'] }
}

export function dropIndex(collection: string, index: string): DropIndex {
  return { kind: 'drop_index', collection, index }
}

/** One line for each version, the one that is being made among them: docs/adding-a-field.md. Old ones are never altered. */
export const VERSIONS: readonly SchemaVersion[] = [
  // below it a line for each release that stores something else
  { version: 1, what: 'the first shape' },
  {
    version: 2,
    what: 'how coupon providers fare, and which of them a reward waits for; orders by their parts and names, where order ids are read from, quiet logs; erasing by address',
    steps: [
      // what is due is found by its account
      dropIndex('delivery_item', 'delivery_item_due'),
      dropIndex('reward_log', 'reward_log_due'),
      fill('reward_log', REWARDS.reward_log, 'the provider that a reward waits for', 'beside', (reward) => {
        const { reward: spec, fulfilmentStatus: status, waitingForProviderId } = reward
        const isWaiting = status === 'pending' || status === 'issuing' || status === 'revoking'
        return spec !== null && isWaiting && waitingForProviderId === null
          ? { waitingForProviderId: spec.providerId }
          : null
      }),
      fill(
        'member',
        ACCOUNTS.member,
        'identities of addresses',
        'beside',
        ({ email, emailIdentity: known }) =>
          email !== null && known !== emailIdentity(email) ? { emailIdentity: emailIdentity(email) } : null,
      ),
      fill('delivery_item', CONNECTORS.delivery_item, 'names that end with bodies', 'beside', (item) =>
        isIdentityOnly(item) && item.nameKeptSince === null ? { nameKeptSince: item.receivedAt } : null,
      ),
    ],
  },
  {
    version: 3,
    what: 'installed connectors; rules by tags, products and channels; users of the console, their sessions, and who changed what; outgoing webhooks, and members at risk; rewards that are held, and caps; which coupons were used, and by which order; past orders that are read from platforms; what platforms tell of shops and ask by law; coupon providers that work through a connector; which shop bodies say that they are of; which rewards share a job; what members are found by by name, and purchases that were not counted by address',
    steps: [
      // webhooks of an app with one address for all shops look for them, and there were none of these before
      fill('connector', CONNECTORS.connector, 'shops of connectors', 'beside', ({ settings, siteKey }) => {
        const { shopDomain } = settings
        return siteKey === null && typeof shopDomain === 'string' ? { siteKey: shopDomain } : null
      }),
      fill('member', ACCOUNTS.member, 'names of members', 'beside', (member) => {
        const keys = nameKeys(member)
        return member.nameKey !== keys.nameKey || member.turnedNameKey !== keys.turnedNameKey ? keys : null
      }),
      fill('delivery_item', CONNECTORS.delivery_item, 'addresses of what did not count', 'beside', (item) => {
        const { status, activity, addressIdentity, externalId } = item
        const isOut = status === 'ignored' || status === 'failed' || status === 'abandoned'
        // without an externalId the buyer was erased
        if (!isOut || activity === null || externalId === null || addressIdentity !== null) return null
        const found = addressBeside(activity)
        return found === null ? null : { addressIdentity: found }
      }),
    ],
  },
]

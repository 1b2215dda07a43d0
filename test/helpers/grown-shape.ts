import { ACCOUNTS } from '../../src/ports/schema/accounts.ts'
import {
  boolean,
  bytes,
  type CollectionSpec,
  common,
  instant,
  integer,
  json,
  optional,
  quantity,
  type Schema,
  text,
  withDefault,
} from '../../src/ports/schema/spec.ts'
import { dropIndex, fill, VERSIONS } from '../../src/ports/schema/versions.ts'
import { latestOf, SCHEMA, type Shape } from '../../src/ports/schema.ts'

const FIRST = latestOf(VERSIONS)

/** What members read that were stored before there were these fields. */
export const OLD_MEMBER = {
  tier: 'bronze',
  visits: 7,
  points: 1_500_000n,
  insider: false,
  since: 86_400_000,
  tags: ['old'],
  stamp: new Uint8Array([1, 2]),
  nickname: null as string | null,
  initials: null as string | null,
}

const grownMember = {
  fields: {
    ...ACCOUNTS.member.fields,
    tier: withDefault(text(), OLD_MEMBER.tier),
    visits: withDefault(integer, OLD_MEMBER.visits),
    points: withDefault(quantity, OLD_MEMBER.points),
    insider: withDefault(boolean, OLD_MEMBER.insider),
    since: withDefault(instant, OLD_MEMBER.since),
    tags: withDefault(json<readonly string[]>(), OLD_MEMBER.tags),
    stamp: withDefault(bytes, OLD_MEMBER.stamp),
    nickname: optional(text()),
    initials: optional(text()),
  },
  indexes: { ...ACCOUNTS.member.indexes, member_tier: { fields: ['accountId', 'tier', 'id'] } },
} as const satisfies CollectionSpec

const badge = {
  fields: { ...common, name: text() },
  indexes: { badge_name: { fields: ['accountId', 'name'], unique: true } },
} as const satisfies CollectionSpec

const { member_email: _, ...withoutEmail } = grownMember.indexes
const later = {
  ...grownMember,
  indexes: { ...withoutEmail, member_nickname: { fields: ['accountId', 'nickname'] } },
}

/** Told of each row that a fill works out; a test may end the process there. */
export const fillHook = { reached: (_row: string): void => {} }

const NICKNAMES = fill('member', grownMember, 'nicknames', 'before', ({ id, externalId, nickname }) => {
  fillHook.reached(id)
  return nickname === null ? { nickname: `nick ${externalId}` } : null
})
/** Not idempotent, to show that each row is filled once. */
const VISITS = fill('member', grownMember, 'one visit more', 'beside', ({ id, visits, externalId }) => {
  fillHook.reached(id)
  return { visits: visits + 1, initials: externalId.slice(0, 1) }
})

const grown: Schema = { ...SCHEMA, member: grownMember, badge }
const grownMore: Schema = { ...grown, member: later }

/** Shapes that the product does not have: 2 adds fields, a collection and an index, 3 fills and drops, 4 fills beside. */
export function grownShape(steps: 2 | 3 | 4): Shape {
  const versions = [
    { version: FIRST + 1, what: 'fields of members, and badges' },
    { version: FIRST + 2, what: 'nicknames', steps: [NICKNAMES, dropIndex('member', 'member_email')] },
    { version: FIRST + 3, what: 'visits', steps: [VISITS] },
  ]
  return { schema: steps === 2 ? grown : grownMore, versions: [...VERSIONS, ...versions.slice(0, steps - 1)] }
}

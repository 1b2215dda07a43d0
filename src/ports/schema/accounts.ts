import { type CollectionSpec, choice, common, json, newestFirst, optional, revised, text } from './spec.ts'
import { type Caps, type ProfileTimes, STATUSES } from './values.ts'

/** Accounts, who may call for them, and their members. */
export const ACCOUNTS = {
  account: {
    fields: {
      ...revised,
      name: text(),
      timezone: text(),
      endUserOrigins: json<readonly string[]>(),
      caps: optional(json<Caps>()),
    },
    indexes: { account_name: { fields: ['name'] } },
  },
  api_key: {
    fields: {
      ...revised,
      name: text(),
      description: text(),
      apiKey: text(),
      sealedSecret: text(),
      status: choice(STATUSES),
    },
    indexes: {
      api_key_key: { fields: ['apiKey'], unique: true },
      api_key_name: { fields: ['accountId', 'name'], unique: true },
      api_key_created: newestFirst('accountId'),
    },
  },
  member: {
    fields: {
      ...revised,
      externalId: text(),
      firstName: optional(text()),
      lastName: optional(text()),
      email: optional(text()),
      phoneNumber: optional(text()),
      status: choice(STATUSES),
      /** `email` as an identity, by which members of one address are found whatever its case; null without one. */
      emailIdentity: optional(text()),
      /** What the member is found by by name, see `nameKeys`; null without a name, and where both are the same. */
      nameKey: optional(text()),
      turnedNameKey: optional(text()),
      /** By field: the time of its value, the source's for a connector's, that of the request for the API's. */
      profileTimes: json<ProfileTimes>(),
    },
    indexes: {
      member_external_id: { fields: ['accountId', 'externalId'], unique: true },
      member_created: newestFirst('accountId'),
      member_email: newestFirst('accountId', 'email'),
      member_email_identity: {
        fields: ['accountId', 'emailIdentity', 'id'],
        where: { notNull: ['emailIdentity'] },
      },
      member_name: { fields: ['accountId', 'nameKey', 'id'], where: { notNull: ['nameKey'] } },
      member_turned_name: {
        fields: ['accountId', 'turnedNameKey', 'id'],
        where: { notNull: ['turnedNameKey'] },
      },
    },
  },
  /**
   * An erasure that is under way; its `id` is the member's, one of its own where somebody is erased by address.
   * Internal, and gone when all is done.
   */
  erasure: {
    fields: {
      ...common,
      /** Of the member, who has lost it: what still names it is found by it. Without a member that of the address. */
      externalId: text(),
      /** That of the address which the member had beside its externalId; null without one. */
      emailIdentity: optional(text()),
    },
    indexes: {
      erasure_created: { fields: ['createdAt', 'id'] },
      erasure_external_id: { fields: ['accountId', 'externalId'] },
    },
  },
} as const satisfies Record<string, CollectionSpec>

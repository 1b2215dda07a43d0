import { type CollectionSpec, choice, common, json, newestFirst, optional, revised, text } from './spec.ts'
import { type ProfileTimes, STATUSES } from './values.ts'

/** Accounts, who may call for them, and their members. */
export const ACCOUNTS = {
  account: {
    fields: { ...revised, name: text(), timezone: text(), endUserOrigins: json<readonly string[]>() },
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
      /** By field: the time of its value, the source's for a connector's, that of the request for the API's. */
      profileTimes: json<ProfileTimes>(),
    },
    indexes: {
      member_external_id: { fields: ['accountId', 'externalId'], unique: true },
      member_created: newestFirst('accountId'),
      member_email: newestFirst('accountId', 'email'),
    },
  },
  /** An erasure of a member that is under way; its `id` is the member's. Internal, and gone when all is done. */
  erasure: {
    fields: {
      ...common,
      /** Of the member, who has lost it: what still names it is found by it. */
      externalId: text(),
    },
    indexes: {
      erasure_created: { fields: ['createdAt', 'id'] },
    },
  },
} as const satisfies Record<string, CollectionSpec>

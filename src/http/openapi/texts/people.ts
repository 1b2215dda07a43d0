import type { ResourceText } from './types.ts'

export const member: ResourceText = {
  about:
    'An end user: whoever makes purchases, visits, workouts. Usually made by a streak log’s `ownedBy`, or by a connector.',
  verbs: {
    delete:
      'Erasure: the profile is removed and the `externalId` forgotten; the ledger keeps the anonymous id.',
  },
  actions: {
    export:
      'Everything that is kept about the member, each record as its list shows it, oldest first: the member, its logs, withdrawals, progress, member streaks and reward logs, and every delivery that tells of it, with its `body` as text, `null` where that is gone. The deliveries are those that an erasure would reach. It is sent as it is read: where something goes wrong on the way the connection is cut, and the answer is not valid JSON. Changes nothing.',
    search:
      'Finds members by what people know of them: the `externalId`, with or without what a platform puts in front, or its beginning; a whole e-mail address, in any case; the beginning of a name, whichever of its parts is said first, without case. At most 50 of each are looked at. Nobody who was erased is found.',
    eraseOfMembers:
      'Erases whom an address names, also somebody who never became a member: the member whose `externalId` is `email:{address}`, if there is one, and what was delivered under the address. Members who have the address and are known by another `externalId` stay, with what is theirs: `otherMembers` names up to 100 of them. With `dryRun` it counts and changes nothing. Safe to send again; an address that nobody knows is no error.',
  },
  fields: {
    'search.q': 'What is looked for; white space around it does not count.',
    'search.limit': 'How many are shown at most.',
    externalId: 'Your own id of the member; unique in the account.',
    firstName: '',
    lastName: '',
    email: '',
    dryRun: 'Say how much would go, and change nothing.',
    phoneNumber: 'E.164, such as +14155552671.',
    status: 'Only a `live` member takes logs.',
  },
}

export const account: ResourceText = {
  about: 'Your account. Made on the command line; there is one, and it is yours.',
  fields: {
    name: 'For people.',
    timezone:
      'IANA time zone, which new streaks take when they name none; days and months of `caps` are its.',
    endUserOrigins: 'Origins of web pages from which end users’ browsers may call.',
    caps: 'How much is let through to coupon providers; what exceeds it, over all milestones, is held, never dropped. Null: no limit.',
    'caps.rewardsPerDay': 'In a day of the account’s `timezone`.',
    'caps.rewardsPerMonth': 'In a month of the account’s `timezone`.',
    'caps.rewardsTotal': 'In all.',
    'caps.amountPerMonth': 'Of discounts that are amounts in `currency`, in a month.',
    'caps.amountTotal': 'The same in all.',
    'caps.currency': 'ISO 4217, in any case; required with an amount.',
  },
}

export const apiKey: ResourceText = {
  about: 'Credentials of a backend. Only `live` keys authenticate.',
  verbs: {
    create: 'The answer shows the secret, this once.',
    delete: 'Revokes the key at once.',
  },
  fields: {
    name: 'Unique in the account.',
    description: 'For people.',
    apiKey: 'The public half: `x-api-key`, and the `kid` of end users’ tokens.',
    apiSecret: 'The secret half: `x-api-secret`. Shown only in the answer to the create.',
    status: 'Only a `live` key authenticates.',
  },
}

export const consoleUser: ResourceText = {
  about:
    'Somebody who may sign in to the console. For its owners, signed in, and the command line; keys get 403.',
  verbs: {
    create: 'The answer shows `startPath`, this once: there the user sets a password, within an hour.',
    patch: 'Gives another role, which ends the user’s sessions. The last owner stays one.',
    delete: 'The user’s sessions end with it. The last owner stays.',
  },
  actions: {
    reset: 'Ends the user’s sessions; older links are over. The answer shows `startPath`, this once.',
  },
  fields: {
    email: 'Unique in the installation, however it is written.',
    role: '`owner`: everything; `staff`: all but keys, users and the account; `viewer`: reads.',
    hasPassword: 'Whether the user has set one.',
    startPath: 'Below the address of the server; the link is good once and for an hour.',
  },
}

export const auditLog: ResourceText = {
  about:
    'Who changed what, in the console, by a key or on the command line: an entry for each change that took effect. Streak logs and what platforms and workers do are ledgers of their own.',
  fields: {
    actor: 'Who did it.',
    actorKind: 'A user of the console, an API key, or the command line.',
    actorId: 'Of the user or the key.',
    actorName: 'The user’s address, the key’s name, the command.',
    action: '`create`, `patch`, `delete`, or the name of what was done: `replay`, `sign_in`.',
    slug: 'Of which resource.',
    recordId: 'Of which record; null where it was many or none.',
    address: 'Where the request came from.',
    before:
      'What differs, as it was; secrets, codes and what is personal are `"…"`. null where the record was not there.',
    after: 'What differs, as it became.',
  },
}

export const privacyRequest: ResourceText = {
  about:
    'What a platform passes on of what privacy law asks for. Redactions are carried out by themselves, within moments; a data request waits for you to hand over what its `export` answers.',
  actions: {
    export:
      'What a data request asks for: everything that is kept about each member that is meant, as `account_user` exports it. With the first whole answer the request is `done`; it can be read again. Of a redaction it is a 409.',
  },
  fields: {
    kind: 'What is asked: what is kept of a customer (`data_request`), or that it goes (`customer_redact`); or that what a shop brought goes, which the app has left (`shop_redact`).',
    deliveryId: 'The delivery that told of it; its body and headers are not kept.',
    customerExternalIds:
      'The members that are meant: by the customer id of the platform, and by the address where a log of it came from this connector. Empty once they are erased.',
    receivedAt: 'When it came.',
    dueAt: 'By when it has to be done: 30 days later.',
    state:
      '`open`: to be done. `done`. `not_ours`: nothing here names the customer, or the shop is still installed.',
    doneAt: 'When it was done; null before.',
    counts:
      'What a redaction took away: members that were erased, deliveries that lost their bodies, codes of rewards that had no coupon yet. Nothing of the person. Null before, and of data requests.',
  },
}

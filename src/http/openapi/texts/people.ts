import type { ResourceText } from './types.ts'

export const member: ResourceText = {
  about:
    'An end user: whoever makes purchases, visits, workouts. Usually made by a streak log’s `ownedBy`, or by a connector.',
  verbs: {
    delete:
      'Erasure: the profile is removed and the `externalId` forgotten; the ledger keeps the anonymous id.',
  },
  fields: {
    externalId: 'Your own id of the member; unique in the account.',
    firstName: '',
    lastName: '',
    email: '',
    phoneNumber: 'E.164, such as +14155552671.',
    status: 'Only a `live` member takes logs.',
  },
}

export const account: ResourceText = {
  about: 'Your account. Made on the command line; there is one, and it is yours.',
  fields: {
    name: 'For people.',
    timezone: 'IANA time zone, which new streaks take when they name none.',
    endUserOrigins: 'Origins of web pages from which end users’ browsers may call.',
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

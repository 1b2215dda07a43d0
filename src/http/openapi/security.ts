import type { JsonSchema } from '../json/json-schema.ts'

/** Your backend: both headers together. */
const BACKEND = { apiKey: [], apiSecret: [] }
/** An end user: both headers together. */
const END_USER = { endUserToken: [], endUserAccount: [] }

/** Somebody signed in to the console, as far as their role goes. */
const SESSION = { consoleSession: [] }

export const ADMIN = [BACKEND, SESSION]
export const ADMIN_OR_END_USER = [BACKEND, SESSION, END_USER]
export const SIGNED_IN = [SESSION]

export const securitySchemes: Readonly<Record<string, JsonSchema>> = {
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'x-api-key',
    description: 'Of your backend, together with `x-api-secret`. Never to be shown to a browser.',
  },
  apiSecret: { type: 'apiKey', in: 'header', name: 'x-api-secret', description: 'Goes with `x-api-key`.' },
  consoleSession: {
    type: 'apiKey',
    in: 'cookie',
    name: 'streakline_session',
    description:
      'Of somebody signed in to the console. Other verbs than GET are taken from pages of this server alone (`Origin` or `Sec-Fetch-Site`).',
  },
  endUserToken: {
    type: 'apiKey',
    in: 'header',
    name: 'x-enduser-access-token',
    description:
      'A JWT that your backend makes for one end user: HS256 with the API secret, `kid` = the API key, `sub` = the account, `userData.externalId` = the member, `iat` and `exp` at most 24 h apart.',
  },
  endUserAccount: {
    type: 'apiKey',
    in: 'header',
    name: 'x-account-id',
    description: 'The account; goes with `x-enduser-access-token`.',
  },
}

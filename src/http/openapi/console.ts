import { CONSOLE_ROLES } from '../../ports/schema/console-values.ts'
import type { JsonSchema } from '../json/json-schema.ts'
import { INSTANT_SCHEMA, UUID_SCHEMA } from '../json/json-schema.ts'
import { answered, object } from './answers.ts'
import { errorResponses } from './errors.ts'
import { SIGNED_IN } from './security.ts'

const EMAIL = { type: 'string', maxLength: 320 } as const
const PASSWORD = { type: 'string', minLength: 12, maxLength: 256 } as const
const done = { description: 'Done.' }
const always = ['TOO_MANY_REQUESTS', 'INTERNAL', 'STORE_UNAVAILABLE'] as const
const ofBody = [
  'INVALID_INPUT',
  'INVALID_JSON',
  'UNKNOWN_FIELD',
  'BODY_TOO_LARGE',
  'NOT_JSON',
  'OVERLOADED',
] as const

function bodyOf(properties: Readonly<Record<string, JsonSchema>>, required: readonly string[]): JsonSchema {
  const schema = { type: 'object', additionalProperties: false, required, properties }
  return { required: true, content: { 'application/json': { schema } } }
}

const user = object({
  id: UUID_SCHEMA,
  email: EMAIL,
  role: { type: 'string', enum: CONSOLE_ROLES },
  accountId: UUID_SCHEMA,
})

/** Signing in to the console. */
export const consolePaths: Readonly<Record<string, JsonSchema>> = {
  '/console/session': {
    post: {
      operationId: 'signIn',
      tags: ['Console'],
      summary: 'Sign in to the console',
      description:
        'The cookie lives for 12 hours after the last request, and for 7 days at most. After 5 wrong tries for one e-mail from one address within 15 minutes the next one is a 429.',
      security: [],
      requestBody: bodyOf({ email: EMAIL, password: { ...PASSWORD, minLength: 1 } }, ['email', 'password']),
      responses: {
        '204': { description: 'Signed in; `Set-Cookie` has the session.' },
        ...errorResponses([...always, ...ofBody, 'UNAUTHENTICATED', 'FORBIDDEN', 'STORE_BUSY']),
      },
    },
    get: {
      operationId: 'getSession',
      tags: ['Console'],
      summary: 'Who is signed in?',
      security: SIGNED_IN,
      responses: {
        '200': answered('Who it is.', object({ data: object({ user, expiresAt: INSTANT_SCHEMA }) })),
        ...errorResponses([...always, 'UNAUTHENTICATED']),
      },
    },
    delete: {
      operationId: 'signOut',
      tags: ['Console'],
      summary: 'Sign out',
      security: SIGNED_IN,
      responses: { '204': done, ...errorResponses([...always, 'FORBIDDEN']) },
    },
  },
  '/console/pretend-shops': {
    get: {
      operationId: 'listPretendShops',
      tags: ['Console'],
      summary: 'Shops to try everything with',
      description:
        'Doubles of platforms that operators lead requests to with `STREAKLINE_PLATFORM_ORIGINS`, and what connecting to each asks for; `fields` is null where one does not answer. None where requests go to the platforms themselves. For owners and staff.',
      security: SIGNED_IN,
      responses: {
        '200': answered(
          'What there is.',
          object({
            data: {
              type: 'array',
              items: object({
                platform: { type: 'string' },
                origin: { type: 'string' },
                fields: { type: ['object', 'null'], additionalProperties: { type: 'string' } },
              }),
            },
          }),
        ),
        ...errorResponses([...always, 'UNAUTHENTICATED', 'FORBIDDEN']),
      },
    },
  },
  '/console/password': {
    post: {
      operationId: 'setPassword',
      tags: ['Console'],
      summary: 'Set a password',
      description:
        'With `token`, from a link, which is spent by it (the user may give another `email` with it), or with `oldPassword` where somebody is signed in. All other sessions of the user end; the answer opens a new one.',
      security: [],
      requestBody: bodyOf(
        {
          token: { type: 'string', minLength: 1, maxLength: 256 },
          email: EMAIL,
          oldPassword: { ...PASSWORD, minLength: 1 },
          password: PASSWORD,
        },
        ['password'],
      ),
      responses: {
        '204': done,
        ...errorResponses([
          ...always,
          ...ofBody,
          'UNAUTHENTICATED',
          'FORBIDDEN',
          'LINK_NOT_GOOD',
          'DUPLICATE_VALUE',
          'STORE_BUSY',
        ]),
      },
    },
  },
}

import { makeApiKey } from '../../accounts/accounts.ts'
import { commitPlanned, duplicateValue, findRow, standsStill } from '../../commit/planned.ts'
import { AppError } from '../../errors.ts'
import { insert, remove } from '../../ports/changes.ts'
import { all, equal, otherThan } from '../../ports/conditions.ts'
import type { Row } from '../../ports/schema.ts'
import type { Change, Store } from '../../ports/store.ts'
import { patchRow, recordNotFound } from '../../setup/change-row.ts'
import type { HttpDeps } from '../deps.ts'
import { checkCreate, checkPatch } from '../read/check.ts'
import { zObject, zOneOf, zOptionalText, zText } from '../read/zod.ts'
import { ID, type PublicFields, type Resource, rowJson, STATUSES, TIMES } from '../resource.ts'

/** The secret is no field of it: only the answer to a create holds it. */
const apiKeyFields: PublicFields<'api_key'> = {
  ...ID,
  name: { stored: 'name' },
  description: { stored: 'description' },
  apiKey: { stored: 'apiKey' },
  status: { stored: 'status', values: STATUSES },
  ...TIMES,
}

const createSchema = zObject({
  name: zText(256),
  description: zOptionalText(1024).default(''),
  status: zOneOf(STATUSES).default('live'),
})

const patchSchema = zObject({
  name: zText(256).optional(),
  description: zOptionalText(1024).nullable(),
  status: zOneOf(STATUSES).optional(),
})

/**
 * Another key of the account is live and stays so: the account stands still, so of two keys that go at once one is
 * refused. @throws AppError LAST_LIVE_KEY
 */
async function whileAnotherIsLive(store: Store, { id, accountId }: Row<'api_key'>): Promise<Change> {
  // the account first: whatever changes after it was read makes the commit a conflict
  const account = (await findRow(store, 'account', accountId, accountId))!
  const [other] = await store.find('api_key', {
    where: all(equal({ accountId, status: 'live' }), otherThan('id', id)),
    limit: 1,
  })
  if (other === undefined) {
    throw new AppError('LAST_LIVE_KEY', 'This is the last live API key of the account: create another first')
  }
  return standsStill('account', account)
}

async function revokeKey(store: Store, accountId: string, id: string): Promise<void> {
  await commitPlanned(store, async () => {
    const key = await findRow(store, 'api_key', accountId, id)
    if (key === null) throw recordNotFound('API key')
    const also = key.status === 'live' ? [await whileAnotherIsLive(store, key)] : []
    const { revision } = key
    return { changes: [remove('api_key', key, { revision }), ...also], result: undefined }
  })
}

type ApiKeyDeps = Pick<HttpDeps, 'store' | 'newId' | 'secretBox' | 'clock'>

export function apiKeyResource(deps: ApiKeyDeps): Resource<'api_key'> {
  const { store } = deps
  const nameTaken = (accountId: string, name: string) => () =>
    duplicateValue(store, 'api_key', accountId, 'name', name)
  return {
    slug: 'api_key',
    noun: 'API key',
    collection: 'api_key',
    fields: apiKeyFields,
    allows: ['list', 'create', 'get', 'patch', 'delete'],
    refuses: {},
    fails: {
      create: ['DUPLICATE_VALUE'],
      patch: ['DUPLICATE_VALUE', 'LAST_LIVE_KEY'],
      delete: ['LAST_LIVE_KEY'],
    },
    bodies: { create: createSchema, patch: patchSchema },
    shownOnce: { apiSecret: { type: 'string', maxLength: 64 } },
    async create({ caller: { accountId }, log }, body) {
      const { row, apiSecret } = makeApiKey(deps, accountId, checkCreate(createSchema, body))
      await commitPlanned(
        store,
        async () => ({ changes: [insert('api_key', row)], result: undefined }),
        nameTaken(accountId, row.name),
      )
      log({ createdKeyId: row.id })
      const { id, name, description, apiKey, ...rest } = rowJson('api_key', apiKeyFields, row)
      return { id, name, description, apiKey, apiSecret, ...rest }
    },
    async patch({ caller: { accountId }, now, log }, id, body) {
      const { description, ...input } = checkPatch(patchSchema, body)
      log({ changedKeyId: id })
      const row = await patchRow(store, { collection: 'api_key', noun: 'API key', accountId, id }, now, {
        given: {
          ...(input as Partial<Row<'api_key'>>),
          ...(description === undefined ? {} : { description: description ?? '' }),
        },
        check: async (_next, changed, key) =>
          changed.has('status') && key.status === 'live' ? [await whileAnotherIsLive(store, key)] : [],
        onDuplicate: nameTaken(accountId, input.name ?? ''),
      })
      return rowJson('api_key', apiKeyFields, row)
    },
    remove({ caller: { accountId }, log }, id) {
      log({ revokedKeyId: id })
      return revokeKey(store, accountId, id)
    },
  }
}

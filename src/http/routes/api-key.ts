import { makeApiKey } from '../../accounts/accounts.ts'
import { commitPlanned, duplicateValue, findRow, standsStill } from '../../commit/planned.ts'
import { AppError } from '../../errors.ts'
import { insert, remove } from '../../ports/changes.ts'
import { all, equal, otherThan } from '../../ports/conditions.ts'
import { STATUSES } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import type { Change, Store } from '../../ports/store.ts'
import { patchRow, recordNotFound } from '../../setup/change-row.ts'
import type { HttpDeps } from '../deps.ts'
import { zBlankText, zOneOf, zText } from '../read/zod.ts'
import type { Resource } from '../resource.ts'
import { defaulted, emptiable, required, shapeOf } from '../shape.ts'

/** The secret is no field of it: only the answer to a create holds it. */
const apiKeyShape = shapeOf('api_key', {
  name: required(zText(256)),
  description: emptiable(zBlankText(1024), ''),
  apiKey: {},
  status: defaulted(zOneOf(STATUSES), 'live'),
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
  const { fields, bodies, readCreate, readPatch, json } = apiKeyShape
  const nameTaken = (accountId: string, name: string) => () =>
    duplicateValue(store, 'api_key', accountId, 'name', name)
  return {
    slug: 'api_key',
    isTagged: true,
    noun: 'API key',
    collection: 'api_key',
    fields,
    bodies,
    allows: ['list', 'create', 'get', 'patch', 'delete'],
    refuses: {},
    fails: {
      create: ['DUPLICATE_VALUE'],
      patch: ['DUPLICATE_VALUE', 'LAST_LIVE_KEY'],
      delete: ['LAST_LIVE_KEY'],
    },
    shownOnce: { apiSecret: { type: 'string', maxLength: 64 } },
    async create({ caller: { accountId }, log }, body) {
      const { row, apiSecret } = makeApiKey(deps, accountId, readCreate(body))
      await commitPlanned(
        store,
        async () => ({ changes: [insert('api_key', row)], result: undefined }),
        nameTaken(accountId, row.name),
      )
      log({ createdKeyId: row.id })
      const { id, name, description, apiKey, ...rest } = json(row)
      return { id, name, description, apiKey, apiSecret, ...rest }
    },
    async patch({ caller: { accountId }, now, log }, id, body) {
      const given = readPatch(body)
      log({ changedKeyId: id })
      const row = await patchRow(store, { collection: 'api_key', noun: 'API key', accountId, id }, now, {
        given,
        check: async (_next, changed, key) =>
          changed.has('status') && key.status === 'live' ? [await whileAnotherIsLive(store, key)] : [],
        onDuplicate: nameTaken(accountId, given.name ?? ''),
      })
      return json(row)
    },
    remove({ caller: { accountId }, log }, id) {
      log({ revokedKeyId: id })
      return revokeKey(store, accountId, id)
    },
  }
}

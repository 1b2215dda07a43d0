/**
 * Speaks of streaks through the API, on a store that an earlier program left behind, and prints what it hears. Run in a
 * copy of the program to which docs/adding-a-field.md added a field:
 *
 *   node added-field-child.ts <sqlite|mongodb> <uri> <account id> <api key> <api secret>
 */
import { createSecretBox } from '../../src/crypto/secret-box.ts'
import { FROZEN_KEY } from '../fixtures/stores/story.ts'
import { type Body, startApi } from './api.ts'
import { openStore, type StoreKind } from './open-store.ts'

const [kind, uri = '', accountId = '', apiKey = '', apiSecret = ''] = process.argv.slice(2)
const store = await openStore(kind as StoreKind, uri)
const outstanding = await store.outstanding()
await store.migrate()
const api = await startApi({ store, secretBox: createSecretBox([FROZEN_KEY]) })
const admin = api.as({ accountId, headers: { 'x-api-key': apiKey, 'x-api-secret': apiSecret } })

const notes = async (parameters: object = {}) => {
  const sortBy = [{ fieldSlug: 'note' }, { fieldSlug: 'name' }]
  const { body } = await admin.list('streak', { sortBy, ...parameters })
  return body.data.map(({ name, note }: Body) => `${name}: ${note}`)
}
const having = (operator: string, value: string) => ({ filters: { fieldSlug: 'note', operator, value } })

const before = await notes()
const made = await admin.create('streak', { name: 'made', aggregationTargetValue: 1, note: 'all new' })
const plain = await admin.create('streak', { name: 'plain', aggregationTargetValue: 1 })
const [old] = (await admin.list('streak', { sortBy: [{ fieldSlug: 'name' }] })).body.data
const path = `/schema/streak/record/${old.id}`
const patched = await admin.patch(path, { note: 'patched' })
const answer = {
  version: await store.schemaVersion(),
  outstanding,
  before,
  created: [made.note, plain.note],
  patched: [patched.status, (await admin.get(path)).body.data.note],
  equal: await notes(having('EQUALS', 'none')),
  other: await notes(having('NOT_EQUALS', 'none')),
  all: await notes(),
}
await api.close()
await store.close()
process.stdout.write(JSON.stringify(answer))

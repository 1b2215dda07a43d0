import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { addApiKey } from '../../src/accounts/accounts.ts'
import { type Answer, type Api, type Body, type Client, interruptedStore, startApi } from '../helpers/api.ts'
import { secretOfKey } from '../helpers/secret-places.ts'

const KEYS = '/schema/api_key/record'
const NOWHERE = '01890000-0000-7000-8000-000000000000'

let api: Api
let admin: Client
let other: Client

beforeAll(async () => {
  api = await startApi()
  admin = await api.account('keys')
  other = await api.account('others')
})
afterAll(() => api.close())

const pathOf = (key: Body) => `${KEYS}/${key.id}`
const headersOf = ({ apiKey, apiSecret }: Body) => ({ 'x-api-key': apiKey, 'x-api-secret': apiSecret })
const callerWith = (key: Body) => api.as({ ...admin, headers: headersOf(key) })
const refusal = ({ status, body }: Answer) => [status, body?.error?.code, body?.error?.details[0]?.path]

/** The one key that an account begins with. */
async function firstKeyOf(client: Client): Promise<Body> {
  const { data } = (await client.list('api_key')).body
  expect(data).toHaveLength(1)
  return data[0]
}

describe('an API key', () => {
  it('shows its secret once, and works at once', async () => {
    const key = await admin.create('api_key', { name: 'second' })
    expect(key).toEqual({
      id: expect.any(String),
      name: 'second',
      description: '',
      apiKey: expect.stringMatching(/^.{8,32}$/),
      apiSecret: expect.stringMatching(/^.{32,64}$/),
      status: 'live',
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    })
    const { apiSecret, ...shown } = key
    const got = await callerWith(key).get(pathOf(key))
    expect(got.body).toEqual({ data: shown })
    const listed = await callerWith(key).list('api_key')
    expect(listed.body.data).toContainEqual(shown)
    const [row] = await api.store.findByKeys('api_key', ['id'], [[key.id]])
    expect(JSON.stringify([got.body, listed.body, row])).not.toContain(apiSecret)
    expect(api.deps.secretBox.open(row?.sealedSecret ?? '', secretOfKey(row?.id))).toBe(apiSecret)
  })

  it('is known by its name in one account only', async () => {
    const key = await admin.create('api_key', { name: 'named', description: 'of the shop' })
    const again = await admin.post(KEYS, { name: 'named' })
    expect(again).toMatchObject({
      status: 409,
      body: { error: { code: 'DUPLICATE_VALUE', details: [{ path: 'name', existingId: key.id }] } },
    })
    expect((await other.create('api_key', { name: 'named' })).id).not.toBe(key.id)
    const second = await admin.create('api_key', { name: 'to be renamed' })
    expect(refusal(await admin.patch(pathOf(second), { name: 'named' }))).toEqual([
      409,
      'DUPLICATE_VALUE',
      'name',
    ])
    expect((await admin.delete(pathOf(key))).status).toBe(204)
    expect((await admin.patch(pathOf(second), { name: 'named' })).status).toBe(200)
  })

  const cases: readonly [string, object, string, string][] = [
    ['a blank name', { name: ' ' }, 'INVALID_INPUT', 'name'],
    ['a name too long', { name: 'x'.repeat(257) }, 'INVALID_INPUT', 'name'],
    ['a description too long', { description: 'x'.repeat(1025) }, 'INVALID_INPUT', 'description'],
    ['an unknown status', { status: 'revoked' }, 'INVALID_INPUT', 'status'],
    ['a key of its own', { apiKey: 'mine' }, 'UNKNOWN_FIELD', 'apiKey'],
    ['a secret of its own', { apiSecret: 'mine' }, 'UNKNOWN_FIELD', 'apiSecret'],
  ]
  it.each(cases)('is neither made nor changed with %s', async (_name, fields, code, path) => {
    expect(refusal(await admin.post(KEYS, { name: 'refused', ...fields }))).toEqual([400, code, path])
    const key = (await admin.list('api_key', { limit: 1 })).body.data[0]
    expect(refusal(await admin.patch(pathOf(key), fields))).toEqual([400, code, path])
    expect((await admin.get(pathOf(key))).body.data).toEqual(key)
  })

  it('is not made without a name', async () => {
    expect(refusal(await admin.post(KEYS, {}))).toEqual([400, 'INVALID_INPUT', 'name'])
  })

  it('is changed field by field; null clears its description', async () => {
    const { apiSecret: _, ...key } = await admin.create('api_key', { name: 'changing', description: 'd' })
    const patch = (body: object) => admin.patch(pathOf(key), body)
    expect((await patch({ description: null })).body.data).toEqual({ ...key, description: '' })
    expect((await patch({ name: 'changed' })).body.data).toEqual({
      ...key,
      name: 'changed',
      description: '',
    })
    for (const field of ['name', 'status']) {
      expect(refusal(await patch({ [field]: null }))).toEqual([400, 'INVALID_INPUT', field])
    }
  })

  it('works while it is live, and at no other time', async () => {
    const key = await admin.create('api_key', { name: 'draft at first', status: 'draft' })
    const status = async () => (await callerWith(key).get(pathOf(key))).status
    const set = (status: string) => admin.patch(pathOf(key), { status })
    expect(await status()).toBe(401)
    await set('live')
    expect(await status()).toBe(200)
    await set('paused')
    expect(await status()).toBe(401)
    await set('live')
    expect(await status()).toBe(200)
    expect((await admin.delete(pathOf(key))).status).toBe(204)
    expect(await status()).toBe(401)
    expect((await admin.get(pathOf(key))).status).toBe(404)
    expect((await admin.delete(pathOf(key))).status).toBe(404)
    expect((await set('live')).status).toBe(404)
  })

  it('is rotated: make a new one, move, revoke the old one, itself by itself', async () => {
    const shop = await api.account('rotates')
    const old = await firstKeyOf(shop)
    const renewed = await shop.create('api_key', { name: 'renewed' })
    expect((await shop.delete(pathOf(old))).status).toBe(204)
    expect((await shop.get(pathOf(renewed))).status).toBe(401)
    expect((await api.as({ ...shop, headers: headersOf(renewed) }).list('api_key')).body.data).toHaveLength(1)
  })

  it('belongs to its account alone', async () => {
    const key = await firstKeyOf(await api.account('alone'))
    expect((await admin.get(pathOf(key))).status).toBe(404)
    expect((await admin.patch(pathOf(key), { status: 'paused' })).status).toBe(404)
    expect((await admin.delete(pathOf(key))).status).toBe(404)
    expect((await admin.patch(pathOf({ id: NOWHERE }), { status: 'paused' })).status).toBe(404)
  })
})

describe('the last live API key of an account', () => {
  const LAST = [409, 'LAST_LIVE_KEY', undefined]

  it('is neither revoked nor put to rest', async () => {
    const shop = await api.account('one key')
    const key = await firstKeyOf(shop)
    await shop.create('api_key', { name: 'no help', status: 'paused' })
    expect(refusal(await shop.delete(pathOf(key)))).toEqual(LAST)
    for (const status of ['paused', 'draft']) {
      expect(refusal(await shop.patch(pathOf(key), { status, name: 'kept out' }))).toEqual(LAST)
    }
    expect((await shop.get(pathOf(key))).body.data).toEqual(key)
    expect((await shop.patch(pathOf(key), { status: 'live', name: 'still live' })).status).toBe(200)
  })

  it('stays, whichever of two are revoked at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const shop = await api.account(`two keys ${round}`)
      const first = await firstKeyOf(shop)
      const second = await shop.create('api_key', { name: 'second' })
      const third = api.as({ ...shop, headers: headersOf(second) })
      const answers = await Promise.all([
        shop.delete(pathOf(first)),
        third.patch(pathOf(second), { status: 'paused' }),
      ])
      const left = await api.store.find('api_key', {
        where: {
          and: [
            { field: 'accountId', op: 'eq', value: shop.accountId },
            { field: 'status', op: 'eq', value: 'live' },
          ],
        },
        limit: 3,
      })
      expect(left).toHaveLength(1)
      expect(answers.map(({ status }) => status).filter((status) => status < 300)).toHaveLength(1)
    }
  })

  it('is seen as the last when another goes in the instant before', async () => {
    const shop = await api.account('raced keys')
    const [first, second] = [await firstKeyOf(shop), await shop.create('api_key', { name: 'second' })]
    const store = interruptedStore(api.store)
    const slow = await startApi({ store, secretBox: api.deps.secretBox })
    store.beforeCommit(() => shop.delete(pathOf(second)))
    const answer = await slow.as(shop).delete(pathOf(first))
    await slow.close()
    expect(refusal(answer)).toEqual(LAST)
  })

  it('can be replaced on the command line', async () => {
    const shop = await api.account('locked out')
    const made = await addApiKey(api.deps, shop.accountId, 'from the command line')
    const caller = api.as({ ...shop, headers: headersOf(made) })
    expect((await caller.list('api_key')).body.data.map(({ name }: Body) => name)).toContain(
      'from the command line',
    )
    await expect(addApiKey(api.deps, shop.accountId, 'from the command line')).rejects.toMatchObject({
      code: 'DUPLICATE_VALUE',
    })
    await expect(addApiKey(api.deps, NOWHERE, 'nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('an account', () => {
  const pathTo = (client: Client) => `/schema/account/record/${client.accountId}`

  it('is the only one that is listed, and the only one that is found', async () => {
    const shop = await api.account('my account', 'Europe/Berlin')
    const account = {
      id: shop.accountId,
      name: 'my account',
      timezone: 'Europe/Berlin',
      endUserOrigins: [],
      caps: null,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    }
    expect((await shop.list('account', { fetchTotalCount: 'true' })).body).toEqual({
      data: [account],
      paging: { offset: 0, limit: 20, hasMore: false, totalCount: 1 },
    })
    expect((await shop.get(pathTo(shop))).body).toEqual({ data: account })
    expect((await shop.get(pathTo(other))).status).toBe(404)
    expect((await shop.patch(pathTo(other), { name: 'theirs' })).status).toBe(404)
  })

  it('is renamed, moved and cleared of origins; new streaks take its zone', async () => {
    const shop = await api.account('before')
    const before = await shop.create('streak', { name: 'old', aggregationTargetValue: 1 })
    const patch = (body: object) => shop.patch(pathTo(shop), body)
    expect((await patch({ name: 'after', timezone: 'Asia/Tokyo' })).body.data).toMatchObject({
      name: 'after',
      timezone: 'Asia/Tokyo',
    })
    expect((await shop.create('streak', { name: 'new', aggregationTargetValue: 1 })).timezone).toBe(
      'Asia/Tokyo',
    )
    expect((await shop.get(`/schema/streak/record/${before.id}`)).body.data.timezone).toBe('UTC')
    const endUserOrigins = ['https://shop.example.com']
    expect((await patch({ endUserOrigins })).body.data.endUserOrigins).toEqual(endUserOrigins)
    expect((await patch({ name: 'after' })).body.data.endUserOrigins).toEqual(endUserOrigins)
    expect((await patch({ endUserOrigins: null })).body.data.endUserOrigins).toEqual([])
  })

  it('keeps origins as browsers send them', async () => {
    const shop = await api.account('origins')
    const given = [
      'HTTPS://Shop.Example.com:443',
      'https://shop.example.com:8443',
      'https://bücher.example',
      'http://localhost:3000',
      'http://LOCALHOST',
      'https://localhost',
      'https://[2001:DB8::1]:8080',
    ]
    const { data } = (await shop.patch(pathTo(shop), { endUserOrigins: given })).body
    expect(data.endUserOrigins).toEqual([
      'https://shop.example.com',
      'https://shop.example.com:8443',
      'https://xn--bcher-kva.example',
      'http://localhost:3000',
      'http://localhost',
      'https://localhost',
      'https://[2001:db8::1]:8080',
    ])
    expect((await shop.get(pathTo(shop))).body.data).toEqual(data)
    const fifty = Array.from({ length: 50 }, (_, index) => `https://shop-${index}.example.com`)
    expect((await shop.patch(pathTo(shop), { endUserOrigins: fifty })).status).toBe(200)
  })

  const one = 'endUserOrigins.0'
  const cases: readonly [string, unknown, string][] = [
    ['plain http', ['http://shop.example.com'], one],
    ['an address that only looks local', ['http://localhost.example.com'], one],
    ['a path', ['https://shop.example.com/'], one],
    ['a query', ['https://shop.example.com?a'], one],
    ['a fragment', ['https://shop.example.com#a'], one],
    ['a user', ['https://me@shop.example.com'], one],
    ['a wildcard', ['https://*.example.com'], one],
    ['everything', ['*'], one],
    ['null as text', ['null'], one],
    ['another scheme', ['ftp://shop.example.com'], one],
    ['no scheme', ['shop.example.com'], one],
    ['no port that there is', ['https://shop.example.com:65536'], one],
    ['a space', ['https://shop.example.com '], one],
    ['two in one', ['https://a.example.com,https://b.example.com'], one],
    ['a text without end', [`https://${'a'.repeat(300)}.example.com`], one],
    ['no text', [null], one],
    ['one twice', ['https://a.example.com', 'https://A.example.com:443'], 'endUserOrigins.1'],
    ['no list', 'https://a.example.com', 'endUserOrigins'],
    ['51', Array.from({ length: 51 }, (_, index) => `https://${index}.example.com`), 'endUserOrigins'],
  ]
  it.each(cases)('is refused %s as origins', async (_name, endUserOrigins, path) => {
    const before = (await admin.get(pathTo(admin))).body
    const answer = await admin.patch(pathTo(admin), { name: 'kept out', endUserOrigins })
    expect(refusal(answer)).toEqual([400, 'INVALID_INPUT', path])
    expect((await admin.get(pathTo(admin))).body).toEqual(before)
  })

  const fields: readonly [string, object, string, string][] = [
    ['a blank name', { name: '' }, 'INVALID_INPUT', 'name'],
    ['no name', { name: null }, 'INVALID_INPUT', 'name'],
    ['a name too long', { name: 'x'.repeat(257) }, 'INVALID_INPUT', 'name'],
    ['a zone in another spelling', { timezone: 'europe/berlin' }, 'INVALID_INPUT', 'timezone'],
    ['no zone', { timezone: null }, 'INVALID_INPUT', 'timezone'],
    ['caps of no currency', { caps: { amountTotal: 5 } }, 'INVALID_INPUT', 'caps.currency'],
    ['another id', { id: NOWHERE }, 'UNKNOWN_FIELD', 'id'],
  ]
  it.each(fields)('is refused %s', async (_name, patch, code, path) => {
    expect(refusal(await admin.patch(pathTo(admin), patch))).toEqual([400, code, path])
  })

  it('does not learn from a name whether another account has it', async () => {
    expect((await admin.patch(pathTo(admin), { name: 'others' })).status).toBe(200)
    expect((await admin.patch(pathTo(admin), { name: 'keys' })).status).toBe(200)
  })

  it('is made on the command line and stays', async () => {
    const made = await admin.post('/schema/account/record', { name: 'more' })
    expect([made.status, made.headers.get('allow')]).toEqual([405, 'GET'])
    expect(made.body.error.message).toContain('command line')
    const gone = await admin.delete(pathTo(admin))
    expect([gone.status, gone.headers.get('allow')]).toEqual([405, 'GET, PATCH'])
    expect(gone.body.error.message).toContain('streakline accounts delete')
  })
})

import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { agreeOnKey } from '../../src/crypto/key-check.ts'
import { reseal } from '../../src/crypto/reseal.ts'
import { createSecretBox } from '../../src/crypto/secret-box.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Change, Store } from '../../src/ports/store.ts'
import { row } from '../contract/store/rows.ts'
import { credentialsOf } from '../helpers/secret-places.ts'
import { openTempStore, type TempStore } from '../helpers/sqlite-store.ts'

const newKey = () => randomBytes(32).toString('base64')
const [before, now] = [newKey(), newKey()]
const old = createSecretBox([before])
const box = createSecretBox([now, before])

let temp: TempStore
beforeEach(async () => {
  temp = await openTempStore()
})
afterEach(() => temp.close())

async function connectors(count: number): Promise<string[]> {
  const rows = Array.from({ length: count }, () => row('connector'))
  const changes = rows.map((each): Change => {
    const sealedCredentials = old.seal(each.id, credentialsOf('connector', each.id))
    return { op: 'insert', collection: 'connector', row: { ...each, sealedCredentials } }
  })
  await temp.store.commit(changes)
  return rows.map(({ id }) => id)
}

async function read(id: string): Promise<Row<'connector'>> {
  const [found] = await temp.store.findByKeys('connector', ['id'], [[id]])
  return found!
}

async function opened(id: string): Promise<string> {
  const { sealedCredentials } = await read(id)
  return createSecretBox([now]).open(sealedCredentials, credentialsOf('connector', id))
}

/** The store as another process leaves it that comes first: `before` runs ahead of the commit of this number. */
function interrupted(nth: number, act: () => Promise<void>): Store {
  let commits = 0
  return new Proxy(temp.store, {
    get(target, name) {
      const member = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...input: unknown[]) => {
        if (name === 'commit' && ++commits === nth) await act()
        return Reflect.apply(member, target, input)
      }
    },
  })
}

describe('sealing secrets anew', () => {
  it('goes on where it was killed, beside the program, and tells how far it is', async () => {
    const ids = await connectors(7)
    const dying = interrupted(4, () => Promise.reject(new Error('killed')))
    await expect(reseal({ store: dying, secretBox: box })).rejects.toThrow('killed')
    const told: number[] = []
    const report = await reseal(
      { store: temp.store, secretBox: box },
      { onProgress: (done) => told.push(done) },
    )
    expect(report).toMatchObject({ secrets: 7, current: 3, resealed: 4, lost: 0 })
    expect(told.at(-1)).toBe(7)
    for (const id of ids) expect(await opened(id)).toBe(id)
  })

  it('seals the check of the key anew only when nothing is left that needs another key', async () => {
    await agreeOnKey(temp.store, old)
    const [id] = (await connectors(1)) as [string]
    const { accountId, sealedCredentials } = await read(id)
    const put = (sealed: string) =>
      temp.store.commit([
        { op: 'update', collection: 'connector', id, accountId, set: { sealedCredentials: sealed } },
      ])
    const check = await temp.store.note('encryption_check')
    await put(createSecretBox([newKey()]).seal('x', credentialsOf('connector', id)))
    expect(await reseal({ store: temp.store, secretBox: box })).toMatchObject({ lost: 1 })
    await put(sealedCredentials)
    expect(await reseal({ store: temp.store, secretBox: box }, { dryRun: true })).toMatchObject({
      resealed: 1,
    })
    expect(await temp.store.note('encryption_check')).toBe(check)
    await reseal({ store: temp.store, secretBox: box })
    expect(box.isCurrent((await temp.store.note('encryption_check'))!)).toBe(true)
  })

  it('leaves a secret that was exchanged meanwhile as it was exchanged', async () => {
    const [id] = (await connectors(1)) as [string]
    const exchanged = interrupted(1, async () => {
      const { accountId, revision } = await read(id)
      const sealedCredentials = old.seal('exchanged', credentialsOf('connector', id))
      const set = { sealedCredentials, revision: revision + 1 }
      await temp.store.commit([{ op: 'update', collection: 'connector', id, accountId, set }])
    })
    expect(await reseal({ store: exchanged, secretBox: box })).toMatchObject({ resealed: 1 })
    expect(await opened(id)).toBe('exchanged')
  })

  it('passes over a row that was deleted meanwhile, and rows without a secret', async () => {
    const [id] = (await connectors(1)) as [string]
    await temp.store.commit([
      {
        op: 'insert',
        collection: 'coupon_provider',
        row: row('coupon_provider', { sealedCredentials: null }),
      },
    ])
    const deleted = interrupted(1, async () => {
      const { accountId } = await read(id)
      await temp.store.commit([{ op: 'delete', collection: 'connector', id, accountId }])
    })
    expect(await reseal({ store: deleted, secretBox: box })).toMatchObject({ resealed: 0, lost: 0 })
  })
})

import { copyFileSync, readFileSync } from 'node:fs'
import mongoose from 'mongoose'

/** The key pair of the account in a store that an earlier program left behind; see test/fixtures/stores/freeze.ts. */
export interface FrozenKeys {
  readonly accountId: string
  readonly apiKey: string
  readonly apiSecret: string
}

interface Frozen {
  readonly indexes: readonly { readonly name: string; readonly key: object; readonly v?: number }[]
  readonly documents: readonly { readonly _id: string }[]
}

export const frozenFile = (name: string) => new URL(`../fixtures/stores/${name}`, import.meta.url)

export function frozenKeys(version: number): Readonly<Record<'sqlite' | 'mongodb', FrozenKeys>> {
  return JSON.parse(readFileSync(frozenFile(`v${version}-keys.json`), 'utf8'))
}

/** A copy of a frozen SQLite file. */
export function thawSqlite(version: number, path: string): void {
  copyFileSync(frozenFile(`v${version}.sqlite`), path)
}

/** Puts a frozen MongoDB into an empty database, with its indexes. */
export async function thawMongo(version: number, uri: string): Promise<void> {
  const json = readFileSync(frozenFile(`v${version}-mongodb.json`), 'utf8')
  const collections: Readonly<Record<string, Frozen>> = mongoose.mongo.BSON.EJSON.parse(json, {
    relaxed: false,
  })
  const client = await mongoose.mongo.MongoClient.connect(uri)
  try {
    for (const [name, { indexes, documents }] of Object.entries(collections)) {
      const rows = client.db().collection<{ _id: string }>(name)
      const wanted = indexes
        .filter((index) => index.name !== '_id_')
        .map(({ v: _, ...index }) => numbersOf(index))
      if (wanted.length > 0) await rows.createIndexes(wanted as never)
      if (documents.length > 0) await rows.insertMany([...documents])
    }
  } finally {
    await client.close()
  }
}

/** Directions of keys as plain numbers. */
function numbersOf(index: object): object {
  return mongoose.mongo.BSON.EJSON.parse(mongoose.mongo.BSON.EJSON.stringify(index, { relaxed: true }))
}

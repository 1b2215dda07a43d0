import { everything } from './everything.ts'
import { RESOURCES } from './schema.ts'
import { type CallOptions, type ClientOptions, createTransport, type Transport } from './transport.ts'
import type { StreaklineClient } from './types.ts'

/** What the API answers, before it is known of which resource. */
interface Answer {
  readonly data: unknown
}

/**
 * A client for your backend, with one property per resource: `client.streakLog.create({…})`. Holds no connection and
 * needs no closing.
 */
export function createStreaklineClient(options: ClientOptions): StreaklineClient {
  const send = createTransport(options)
  const entries = Object.entries(RESOURCES).map(([key, resource]) => [key, resourceClient(send, resource)])
  return Object.fromEntries(entries) as StreaklineClient
}

interface Described {
  readonly slug: string
  readonly verbs: readonly string[]
  readonly actions: readonly string[]
  readonly bulkActions: readonly string[]
  readonly questions: readonly string[]
  readonly readings: readonly string[]
}

function resourceClient(
  send: Transport,
  { slug, verbs, actions, bulkActions, questions, readings }: Described,
): object {
  const path = `/schema/${slug}/record`
  const record = (id: string) => `${path}/${encodeURIComponent(id)}`
  const list = (query: object = {}, call: CallOptions = {}) =>
    send('GET', `${path}${searchOf(query)}`, undefined, call)
  const all: Readonly<Record<string, unknown>> = {
    list,
    create: async (body: unknown, call: CallOptions = {}) => dataOf(await send('POST', path, body, call)),
    get: async (id: string, call: CallOptions = {}) => dataOf(await send('GET', record(id), undefined, call)),
    patch: async (id: string, body: unknown, call: CallOptions = {}) =>
      dataOf(await send('PATCH', record(id), body, call)),
    delete: async (id: string, call: CallOptions = {}) => {
      await send('DELETE', record(id), undefined, call)
    },
  }
  return Object.fromEntries([
    ...verbs.map((verb) => [verb, all[verb]]),
    ...actions.map((name) => [
      name,
      async (id: string, body: unknown, call: CallOptions = {}) =>
        withBeside(await send('POST', `${record(id)}/${name}`, body, call)),
    ]),
    ...readings.map((name) => [
      name,
      async (id: string, call: CallOptions = {}) =>
        dataOf(await send('GET', `${record(id)}/${name}`, undefined, call)),
    ]),
    ...bulkActions.map((name) => [
      `${name}Many`,
      async (body: unknown, call: CallOptions = {}) =>
        dataOf(await send('POST', `/schema/${slug}/${name}`, body, call)),
    ]),
    ...questions.map((name) => [
      name,
      async (query: object, call: CallOptions = {}) =>
        dataOf(await send('GET', `/schema/${slug}/${name}${searchOf(query)}`, undefined, call)),
    ]),
    ...(verbs.includes('list') ? [['all', everything(list)]] : []),
  ])
}

function dataOf(answer: unknown): unknown {
  return (answer as Answer).data
}

/** A record, and in it what stood beside it: where a merchant's browser has to go, say. */
function withBeside(answer: unknown): unknown {
  const { data, ...beside } = answer as Answer
  return Object.keys(beside).length === 0 ? data : { ...(data as object), ...beside }
}

/** Parameters as the API takes them: lists and conditions as JSON. */
function searchOf(query: object): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const pairs = given.map(([name, value]): [string, string] => [
    name,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ])
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`
}

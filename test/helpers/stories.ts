import type { Stage } from '../../src/cli/openapi/play.ts'
import type { Api, Client } from './api.ts'

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** A stage for stories on the API under test, which holds each answer to the API document. */
export function stageOn(api: Api, { headers }: Client): Stage {
  return {
    setTime: api.clock.set,
    send: (method, path, body) =>
      api.send(path, {
        method,
        headers: { ...headers, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body }),
      }),
  }
}

/** With numbers in the place of ids, in the order in which they first appear. */
export function withNumbersForIds(value: unknown): unknown {
  const known = new Map<string, string>()
  const numbered = (id: string) => {
    if (!known.has(id)) known.set(id, `id ${known.size + 1}`)
    return known.get(id) ?? ''
  }
  return JSON.parse(JSON.stringify(value).replace(UUID, numbered))
}

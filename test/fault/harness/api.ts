import { setTimeout as delay } from 'node:timers/promises'

const ANSWER_WITHIN_MS = 15_000
const PAUSE_MS = 150
const ROWS_PER_PAGE = 1_000

export interface Answer {
  /** 0: none came. */
  readonly status: number
  readonly data: unknown
  readonly text: string
}

export interface Filter {
  readonly fieldSlug: string
  readonly operator: 'EQUALS'
  readonly value: string
}

/** The API as a merchant's backend calls it, in an installation that falls over now and then. */
export interface Api {
  /** One call, whatever comes of it. */
  call(method: string, path: string, body?: object): Promise<Answer>
  /** Calls until `isDone` likes the answer. @throws Error when none came within `withinMs` */
  insist(
    method: string,
    path: string,
    body: object | undefined,
    isDone: (answer: Answer) => boolean,
    withinMs: number,
  ): Promise<Answer>
  create<T>(slug: string, body: object): Promise<T>
  /** At most `limit` rows with these fields, newest first. @throws Error on an answer that is not 200 */
  page<T>(
    slug: string,
    fields: readonly string[],
    limit: number,
    offset?: number,
    filter?: Filter,
  ): Promise<T[]>
  /** All rows of a table that nobody adds to meanwhile. */
  list<T>(slug: string, fields: readonly string[]): Promise<T[]>
}

export function createApi(origin: string, headers: Readonly<Record<string, string>>): Api {
  async function call(method: string, path: string, body?: object): Promise<Answer> {
    try {
      const response = await fetch(`${origin}${path}`, {
        method,
        headers: { ...headers, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      const { data } = (text === '' ? {} : JSON.parse(text)) as { data?: unknown }
      return { status: response.status, data, text }
    } catch (error) {
      return { status: 0, data: undefined, text: String(error) }
    }
  }

  const insist: Api['insist'] = async (method, path, body, isDone, withinMs) => {
    const deadline = performance.now() + withinMs
    for (;;) {
      const answer = await call(method, path, body)
      if (isDone(answer)) return answer
      if (performance.now() > deadline) {
        throw new Error(`${method} ${path}: ${answer.status} ${answer.text}, still after ${withinMs} ms`)
      }
      await delay(PAUSE_MS)
    }
  }

  async function page<T>(
    slug: string,
    fields: readonly string[],
    limit: number,
    offset = 0,
    filter?: Filter,
  ): Promise<T[]> {
    const parameters = new URLSearchParams({
      fields: JSON.stringify(fields),
      limit: String(limit),
      offset: String(offset),
      ...(filter === undefined ? {} : { filters: JSON.stringify(filter) }),
    })
    const answer = await call('GET', `/schema/${slug}/record?${parameters}`)
    if (answer.status !== 200) throw new Error(`listing ${slug}: ${answer.status} ${answer.text}`)
    return answer.data as T[]
  }

  return {
    call,
    insist,
    async create<T>(slug: string, body: object): Promise<T> {
      const answer = await call('POST', `/schema/${slug}/record`, body)
      if (answer.status !== 201) throw new Error(`making a ${slug}: ${answer.status} ${answer.text}`)
      return answer.data as T
    },
    page,
    async list<T>(slug: string, fields: readonly string[]): Promise<T[]> {
      const rows: T[] = []
      for (;;) {
        const next = await page<T>(slug, fields, ROWS_PER_PAGE, rows.length)
        rows.push(...next)
        if (next.length < ROWS_PER_PAGE) return rows
      }
    },
  }
}

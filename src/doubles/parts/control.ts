import { z } from 'zod'
import type { MovableClock } from './clock.ts'
import { type Faults, faultShape } from './faults.ts'
import type { Answer, Asked } from './server.ts'
import type { Tables } from './tables.ts'

/** Something that a test or a person may have the platform do. */
export interface Order {
  /** `POST /orders/{id}/cancel` */
  readonly route: string
  /** One sentence for `--help`. */
  readonly says: string
  readonly body?: z.ZodType
  run(body: never, parameters: readonly string[], asked: Asked): unknown
}

/** Ties the shape of a body to what is done with it. */
export function order<S extends z.ZodType>(
  route: string,
  says: string,
  body: S,
  run: (body: z.infer<S>, ...parameters: string[]) => unknown,
): Order {
  return { route, says, body, run: (given, parameters) => run(given, ...parameters) }
}

/** Something that may be looked at. */
export function view(route: string, says: string, run: (...parameters: string[]) => unknown): Order {
  return { route, says, run: (_body, parameters) => run(...parameters) }
}

/** What a control request may not find or do; its message is the answer. */
export class ControlFault extends Error {}

const PREFIX = '/__control'

/** Answers `/__control/…`: 200 with what came of it, 400 saying what is wrong with the request, 404 with what there is. */
export function createControl(
  orders: readonly Order[],
  { together }: Pick<Tables, 'together'>,
): (asked: Asked) => Promise<Answer> {
  return async (asked) => {
    for (const one of orders) {
      const parameters = matchRoute(one.route, asked)
      if (parameters === null) continue
      const given = asked.body.length === 0 ? '{}' : asked.body.toString('utf8')
      try {
        const body = one.body === undefined ? undefined : one.body.parse(JSON.parse(given))
        const came = await together(() => one.run(body as never, parameters, asked))
        return { status: 200, body: came ?? { ok: true } }
      } catch (error) {
        const text = textOf(error)
        if (text === null) throw error
        return { status: 400, body: { error: text } }
      }
    }
    return { status: 404, body: { error: 'there is no such control', controls: orders.map(lineOf) } }
  }
}

/** `POST /__control/orders  places an order`, for people. */
export function lineOf({ route, says }: Order): string {
  const [method, path] = route.split(' ')
  return `${method} ${PREFIX}${path}  ${says}`
}

/** What every double can be told. */
export function commonOrders(faults: Faults, clock: MovableClock): Order[] {
  return [
    order(
      'POST /faults',
      'makes the next requests go wrong: kind, times, after, path, …',
      faultShape,
      (fault) => {
        faults.add(fault)
        return { faults: faults.list() }
      },
    ),
    view('GET /faults', 'what is still to go wrong', () => ({ faults: faults.list() })),
    order('DELETE /faults', 'nothing goes wrong any more', z.strictObject({}), () => faults.clear()),
    view('GET /clock', 'what time it is', () => ({ now: new Date(clock.now()).toISOString() })),
    order(
      'POST /clock',
      'moves the clock forward by advanceSeconds: tokens expire, retries fall due',
      z.strictObject({ advanceSeconds: z.number().min(0) }),
      ({ advanceSeconds }) => {
        clock.advance(advanceSeconds * 1_000)
        return { now: new Date(clock.now()).toISOString() }
      },
    ),
  ]
}

function matchRoute(route: string, { method, path }: Asked): string[] | null {
  const [wantedMethod = '', wantedPath = ''] = route.split(' ')
  if (wantedMethod !== method) return null
  const wanted = `${PREFIX}${wantedPath}`.split('/')
  const found = path.split('/')
  if (wanted.length !== found.length) return null
  const parameters: string[] = []
  for (const [index, part] of wanted.entries()) {
    const given = decodeURIComponent(found[index] ?? '')
    if (part.startsWith('{')) parameters.push(given)
    else if (part !== given) return null
  }
  return parameters
}

function textOf(error: unknown): string | null {
  if (error instanceof z.ZodError) {
    return error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ')
  }
  if (error instanceof SyntaxError) return 'the body is not JSON'
  return error instanceof ControlFault ? error.message : null
}

import type { TranslateInput, Translation } from '../../src/ports/connector.ts'
import { type Json, readJson } from '../json.ts'
import { ignoreDelivery } from '../rules.ts'
import { translateCancellation } from './cancellation.ts'
import { translatePaidOrder } from './paid-order.ts'
import { translateRefund } from './refund.ts'

/** By topic. */
const TRANSLATORS: ReadonlyMap<string, (body: Json | undefined, input: TranslateInput) => Translation> =
  new Map([
    ['orders/paid', translatePaidOrder],
    ['orders/cancelled', translateCancellation],
    ['refunds/create', translateRefund],
  ])

export const TOPICS: readonly string[] = [...TRANSLATORS.keys()]

/**
 * Turns a body into one outcome per rule, or into a report of its order. The topic comes from an unsigned header and
 * only chooses the translator, each of which asks the body itself what it is: under another's topic it does no more
 * than under its own.
 */
export function translate(input: TranslateInput): Translation {
  const translator = TRANSLATORS.get(input.topic)
  return translator === undefined
    ? ignoreDelivery('TOPIC_NOT_SUPPORTED', null)
    : translator(readJson(input.rawBody), input)
}

import type { Connector, Translation, VerifyInput } from '../../../src/ports/connector.ts'
import type { ConnectorRule, OrderReport } from '../../../src/ports/schema/values.ts'
import type { SignedRequest } from '../../helpers/signed.ts'

/** A purchase that counts, in words every platform has. */
export interface PurchaseOptions {
  readonly orderId: string
  /** null is a guest. */
  readonly customerId: string | null
  readonly email: string | null
  readonly atMs: number
  /** Decimal digits, at most 2 decimals. */
  readonly total: string
  /** A currency with 2 decimals. */
  readonly currency: string
  readonly isTest: boolean
}

/** A webhook of the platform about an order of `USUAL` after its sale. */
export interface ReportSample {
  /** What it says, for the test's name. */
  readonly says: string
  readonly topic: string
  /** Raw body; the amount is in decimal digits, at most 2 decimals. Cancellations name none. */
  readonly body: (options: { readonly amount: string; readonly currency: string }) => string
  readonly report: Pick<OrderReport, 'object' | 'kind' | 'state'>
}

export interface ConnectorSetup {
  readonly connector: Connector
  readonly settings: Readonly<Record<string, unknown>>
  /** Names of the headers that carry a signature. */
  readonly signatureHeaders: readonly string[]
  /** A header value that is no signature at all. */
  readonly malformedSignature: string
  readonly topic: string
  /** Topics the platform really sends, of which the connector wants none. */
  readonly otherTopics: readonly string[]
  /** Topics beside `topic` under which purchases come as well. */
  readonly otherPurchaseTopics?: readonly string[]
  /** A platform that knows no test orders. */
  readonly hasNoTests?: true
  /** The member of a customer's id; without it `{platform}:{id}`. */
  readonly memberOf?: (customerId: string) => string
  /** Raw body of a purchase. */
  purchase(options: PurchaseOptions): string
  /** One for each topic that reports something, and for each state that it can report. */
  readonly reports: readonly ReportSample[]
  /** A webhook with that body as the platform would sign and send it. */
  sign(body: string, secret: string, signedAtMs: number): SignedRequest
}

export const NOW = Date.parse('2026-11-22T12:00:00.000Z')
export const MINUTE_MS = 60_000
export const SECRETS = ['first', 'second', 'third', 'fourth', 'fifth'].map(secretOf)

/** A secret that every platform takes. */
export function secretOf(name: string): string {
  return `whsec_${name.padEnd(10, '0')}`
}

export const USUAL: PurchaseOptions = {
  orderId: '5001',
  customerId: '7001',
  email: 'Buyer@Example.com',
  atMs: NOW - MINUTE_MS,
  total: '42.5',
  currency: 'USD',
  isTest: false,
}

/** The member that the platform's customer is. */
export function memberOf({ connector, memberOf: own }: ConnectorSetup, customerId = '7001'): string {
  return own?.(customerId) ?? `${connector.platform}:${customerId}`
}

export function verifyInput(
  request: SignedRequest,
  secrets: readonly string[] = SECRETS,
  now = NOW,
): VerifyInput {
  return { rawBody: request.body, headers: request.headers, secrets, now }
}

export function translateWith(
  setup: ConnectorSetup,
  rules: readonly ConnectorRule[],
  changes: Partial<PurchaseOptions> = {},
) {
  return translateBody(setup, setup.purchase({ ...USUAL, ...changes }), rules)
}

export function translateBody(
  setup: ConnectorSetup,
  body: string,
  rules: readonly ConnectorRule[],
  topic = setup.topic,
): Translation {
  const rawBody = Buffer.from(body)
  return setup.connector.translate({
    rawBody,
    topic,
    receivedAt: NOW,
    rules,
    purchaseSpace: 'space-1',
    orderIdFrom: setup.connector.orderIdFrom?.before ?? null,
    settings: setup.settings,
  })
}

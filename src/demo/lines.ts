import { QUEUES_PATH } from '../ops/bull-board.ts'
import { EXTERNAL_IDS, FIFTY, SEVEN } from './scenario.ts'
import type { Stage } from './setup.ts'
import { OPERATOR, type RunningDemo } from './start.ts'
import type { StoreChoice } from './state.ts'
import { DAYS, type Week, ZONE } from './week.ts'
import { widgetLink } from './widget-link.ts'

const STORES: Readonly<Record<StoreChoice, string>> = { sqlite: 'SQLite', mongo: 'MongoDB' }

/** What runs and what has been set up, before the story begins. */
export function openingLines({ origin, coupons, state }: RunningDemo, week: Week): string[] {
  return [
    `Running: API and workers at ${origin}, ${STORES[state.store]}, a redis-server,`,
    `and a small coupon service at ${coupons.url}`,
    '',
    `"${SEVEN}"  a purchase a day; 10 % off at 3 in a row, 20 % off at 7`,
    `"${FIFTY}"      50 EUR or more, in orders from 20 EUR on; 5 EUR off, once`,
    `The week is ${week.day(1).key} to ${week.day(DAYS).key}, ${ZONE}.`,
  ]
}

/** Whose streak the widget shows: of the one who completed it. */
const SHOWN = Object.entries(EXTERNAL_IDS).find(([, who]) => who === 'shopper 1')?.[0] ?? ''

/** Where to look around, and with what, while the demo stays. */
export function keepLines(demo: RunningDemo, stage: Stage, nowMs: number): string[] {
  const { origin, doubles, state } = demo
  const { shopify, stripe } = stage.connectors
  const { apiKey, apiSecret } = state.account
  const { webhookSecrets } = state
  return [
    '',
    'Still running, until Ctrl-C:',
    `  API            ${origin}`,
    `  Shopify        ${origin}${shopify.webhookPath}`,
    `                 signed with ${webhookSecrets.shopify}`,
    `  Stripe         ${origin}${stripe.webhookPath}`,
    `                 signed with ${webhookSecrets.stripe}`,
    `  x-api-key      ${apiKey}`,
    `  x-api-secret   ${apiSecret}`,
    `  queues         ${origin}${QUEUES_PATH}`,
    `                 user ${OPERATOR}, password ${state.operatorPassword}`,
    `  widget         ${widgetLink(demo, stage, SHOWN, nowMs)}`,
    ...doubles.flatMap(({ name, origin: address, credentials }) => [
      `  ${`${name}'s double`.padEnd(22)} ${address}`,
      ...credentials.map((line) => `                         ${line}`),
    ]),
    '',
    'Try:',
    `  curl -H 'x-api-key: ${apiKey}' \\`,
    `    -H 'x-api-secret: ${apiSecret}' \\`,
    `    ${origin}/schema/member_streak/record`,
    '',
  ]
}

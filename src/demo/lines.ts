import { QUEUES_PATH } from '../ops/bull-board.ts'
import { originOf } from './doubles.ts'
import { EXTERNAL_IDS, FIFTY, SEVEN } from './scenario.ts'
import type { Stage } from './setup.ts'
import { OPERATOR, type RunningDemo } from './start.ts'
import type { StoreChoice } from './state.ts'
import { DAYS, type Week, ZONE } from './week.ts'
import { widgetLink } from './widget-link.ts'

const STORES: Readonly<Record<StoreChoice, string>> = { sqlite: 'SQLite', mongo: 'MongoDB' }

/** What runs and what has been set up, before the story begins. */
export function openingLines({ origin, doubles, state }: RunningDemo, stage: Stage, week: Week): string[] {
  const { installation: shopify } = stage.connectors.shopify
  const { installation: stripe } = stage.connectors.stripe
  return [
    `Running: API and workers at ${origin}, ${STORES[state.store]}, a redis-server,`,
    `doubles of Shopify (${originOf(doubles, 'shopify')}) and Stripe (${originOf(doubles, 'stripe')})`,
    `Installed: a shop by ${shopify.method}, ${shopify.subscriptions.length} subscriptions; a Stripe account by`,
    `${stripe.method}, an endpoint for ${stripe.subscriptions.length} events`,
    '',
    `"${SEVEN}"  a purchase a day; 10 % off at 3 in a row, made in Shopify,`,
    '                   20 % off at 7, made in Stripe',
    `"${FIFTY}"      50 EUR or more, in orders from 20 EUR on; 5 EUR off, once,`,
    '                   from a pool of codes',
    `The week is ${week.day(1).key} to ${week.day(DAYS).key}, ${ZONE}.`,
  ]
}

/** Whose streak the widget shows: of the one who completed it. */
const SHOWN = Object.entries(EXTERNAL_IDS).find(([, who]) => who === 'shopper 1')?.[0] ?? ''

/** Where to look around, and with what, while the demo stays. */
export async function keepLines(demo: RunningDemo, stage: Stage, nowMs: number): Promise<string[]> {
  const { origin, doubles, state } = demo
  const { apiKey, apiSecret } = state.account
  const invitation = await demo.inviteOwner()
  return [
    '',
    'Still running, until Ctrl-C:',
    `  API            ${origin}`,
    `  x-api-key      ${apiKey}`,
    `  x-api-secret   ${apiSecret}`,
    `  console        ${invitation ?? `${origin}/console`}`,
    ...(invitation === null
      ? []
      : ['                 set a password there; the link is good once and for an hour']),
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
    'Have somebody buy; the webhook comes by itself:',
    `  curl ${originOf(doubles, 'shopify')}/__control/orders \\`,
    `    -d '{"customer": {"email": "ada@example.com"}, "lines": [{"price": "25.00"}]}'`,
    '',
    ...installLines(demo),
  ]
}

/** With a shop that nobody has installed yet. */
function installLines({ origin, doubles }: RunningDemo): string[] {
  if (!doubles.some(({ name }) => name === 'woocommerce')) return []
  return [
    `Install a shop at ${origin}/console/connectors/new`,
    "with the siteUrl and the keys of woocommerce's double above, or as",
    'docs/connect-woocommerce.md has it. Somebody buys there by',
    `  curl ${originOf(doubles, 'woocommerce')}/__control/orders -d '{"status": "processing"}'`,
    '',
  ]
}

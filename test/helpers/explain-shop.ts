import type { Answer, Api, Body, Client } from './api.ts'
import { workOff } from './replay-shop.ts'
import { shopifyRequest, stripeRequest } from './signed.ts'

export const SHOP_SECRET = 'whsec_of_the_tests_of_explaining'
export const SHOP_DOMAIN = 'corner-bakery.myshopify.com'

/** A shop with a count and a sum streak, at Shopify and at Stripe. */
export interface ExplainShop {
  readonly admin: Client
  /** One completed day for each purchase. */
  readonly days: Body
  /** The money of a day. */
  readonly money: Body
  readonly shopify: Body
  readonly stripe: Body
  patch(connector: Body, fields: object): Promise<void>
  /** Delivers a body and works off what is due; answers the delivery. */
  told(topic: string, body: string, options?: ToldOptions): Promise<Body>
  /** The same at Stripe. */
  charged(body: string): Promise<Body>
  /** Delivers a body and answers, whatever the answer is. */
  send(connector: Body, topic: string, body: string, options?: ToldOptions): Promise<Answer>
  asked(parameters: Readonly<Record<string, string>>): Promise<Answer>
  explained(parameters: Readonly<Record<string, string>>): Promise<Body>
  /** How the order stands, by name of the streak: `counted`, `not_counted NO_EMAIL`. */
  verdicts(parameters: Readonly<Record<string, string>>): Promise<Record<string, string>>
}

export interface ToldOptions {
  readonly shopDomain?: string | null
  readonly secret?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Leaves what is due for later. */
  readonly leavesWork?: true
}

export async function openExplainShop(api: Api, name: string, rules: object = {}): Promise<ExplainShop> {
  const admin = await api.account(name, 'Europe/Berlin')
  const streak = (streakName: string, aggregationMethod: string) =>
    admin.create('streak', {
      name: streakName,
      status: 'live',
      aggregationMethod,
      aggregationTargetValue: 1,
    })
  const [days, money] = [await streak('days', 'count'), await streak('money', 'sum')]
  const both = [
    { streakId: days.id, ...rules },
    { streakId: money.id, value: 'order_total', currency: 'EUR', ...rules },
  ]
  const connect = (platform: string, settings: object) =>
    admin.create('connector', {
      name: `${platform} shop`,
      platform,
      credentials: { webhookSecrets: [SHOP_SECRET] },
      settings,
      rules: both,
    })
  const shopify = await connect('shopify', { shopDomain: SHOP_DOMAIN })
  const stripe = await connect('stripe', {})
  const send: ExplainShop['send'] = async (connector, topic, body, options = {}) => {
    const { secret = SHOP_SECRET, shopDomain = SHOP_DOMAIN, headers = {} } = options
    const request =
      connector.platform === 'shopify'
        ? shopifyRequest({ topic, body, secret, shopDomain, headers })
        : stripeRequest({ body, secret, signedAtMs: api.clock.now() })
    const init = { method: 'POST', headers: request.headers, body: new Uint8Array(request.body) }
    return api.send(connector.webhookPath, init)
  }
  const arrived = async (connector: Body, topic: string, body: string, options: ToldOptions = {}) => {
    const answer = await send(connector, topic, body, options)
    if (answer.status !== 200) throw new Error(answer.text)
    if (options.leavesWork !== true) while ((await workOff(api)) > 0);
    return (await admin.get(`/schema/delivery/record/${answer.body.data.deliveryId}`)).body.data
  }
  const asked = (parameters: Readonly<Record<string, string>>) =>
    admin.get(`/schema/delivery/explain?${new URLSearchParams(parameters)}`)
  const explained = async (parameters: Readonly<Record<string, string>>) => {
    const answer = await asked(parameters)
    if (answer.status !== 200) throw new Error(answer.text)
    return answer.body.data
  }
  return {
    admin,
    days,
    money,
    shopify,
    stripe,
    async patch({ id }, fields) {
      const { status, text } = await admin.patch(`/schema/connector/record/${id}`, fields)
      if (status !== 200) throw new Error(text)
    },
    told: (topic, body, options) => arrived(shopify, topic, body, options),
    charged: (body) => arrived(stripe, '', body),
    send,
    asked,
    explained,
    async verdicts(parameters) {
      const { streaks } = await explained(parameters)
      return Object.fromEntries(
        streaks.map(({ streakName, verdict, because }: Body) => [
          streakName,
          because === null ? verdict : `${verdict} ${because}`,
        ]),
      )
    },
  }
}

import type { Connector, CouponProvider } from '../../../client/schema.ts'

export type Kind = CouponProvider['provider']

export const KINDS: Readonly<Record<Kind, string>> = {
  pool: 'Codes of your own',
  http: 'Your own service',
  shopify: 'Shopify',
  stripe: 'Stripe',
  voucherify: 'Voucherify',
}

export const KIND_HINTS: Readonly<Record<Kind, string>> = {
  pool: 'You make codes in your shop and upload them; each is given out once.',
  http: 'A program of yours makes each coupon when it is asked to.',
  shopify: 'Each shopper gets a discount code of their own in your Shopify shop.',
  stripe: 'Each shopper gets a promotion code of their own in your Stripe account.',
  voucherify: 'Vouchers of one of your campaigns at Voucherify.',
}

/** What a connector's access must allow so that coupons can be made by it. */
const NEEDS: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  shopify: ['write_discounts'],
  stripe: ['rak_coupon_read', 'rak_coupon_write', 'rak_promotion_code_read', 'rak_promotion_code_write'],
}

/** Whether coupons of this kind are made with the access of a connector. */
export const needsConnector = (kind: Kind): boolean => NEEDS[kind] !== undefined

/** The kind of coupons that are made with the access of this connector; null where its platform makes none. */
export const kindAt = ({ platform }: Connector): Kind | null =>
  platform === 'shopify' || platform === 'stripe' ? platform : null

/** What a connector lacks to make coupons, in sentences; none where nothing is missing. */
export function lacksOf(kind: Kind, { installation }: Connector): readonly string[] {
  if (installation.state !== 'installed') return ['The shop is not connected any more: connect it again.']
  if (installation.method === 'manual')
    return ['The shop is connected by hand, which gives no access to make coupons: connect it another way.']
  const lacks = (NEEDS[kind] ?? []).filter((scope) => installation.missingScopes.includes(scope))
  return lacks.length === 0
    ? []
    : [`The access lacks ${lacks.join(', ')}: grant it in ${KINDS[kind]}, then check the connector.`]
}

/** A value that a kind of provider takes, as it is typed. */
export interface KindField {
  /** Of the request: `settings.url`, `credentials.appToken`. */
  readonly path: string
  readonly label: string
  readonly hint: string
  readonly type?: 'text' | 'url'
  readonly isRequired?: boolean
}

const secret = (path: string, label: string, hint: string): KindField => ({
  path: `credentials.${path}`,
  label,
  hint,
})

/** What each kind takes beside its name. Secrets are written and never shown: an empty field leaves them as they are. */
export const KIND_FIELDS: Readonly<Record<Kind, readonly KindField[]>> = {
  pool: [],
  http: [
    {
      path: 'settings.url',
      label: 'Address of the service',
      hint: 'Your developer knows it.',
      type: 'url',
      isRequired: true,
    },
    {
      path: 'settings.revokeUrl',
      label: 'Address that takes coupons back',
      hint: 'Empty: coupons that were issued stay good when an order is taken back.',
      type: 'url',
    },
    secret(
      'signingSecret',
      'Signing secret',
      'By it the service knows that it is Streakline that asks. It begins with whsec_; your developer makes it.',
    ),
    secret(
      'previousSigningSecret',
      'Signing secret of before',
      'While you exchange it requests carry both. Leave it empty otherwise.',
    ),
  ],
  shopify: [],
  stripe: [
    {
      path: 'settings.couponId',
      label: 'Id of a coupon in Stripe',
      hint: 'Empty: one is made for each discount. Its discount must be that of the milestone.',
    },
    {
      path: 'settings.currency',
      label: 'Currency of the smallest purchase',
      hint: 'Such as EUR; needed where a percentage has a smallest purchase.',
    },
  ],
  voucherify: [
    {
      path: 'settings.apiUrl',
      label: 'Address of Voucherify',
      hint: 'That of your region, such as https://api.voucherify.io.',
      type: 'url',
      isRequired: true,
    },
    {
      path: 'settings.campaign',
      label: 'Campaign',
      hint: 'Its name or id. It decides what a voucher is worth.',
      isRequired: true,
    },
    secret('appId', 'Application ID', 'From the settings of your project at Voucherify.'),
    secret('appToken', 'Secret key', 'Beside the application ID.'),
  ],
}

export const isSecret = ({ path }: KindField): boolean => path.startsWith('credentials.')

import type { Campaign, Customer, Publication, Voucher, VoucherifyState } from './state.ts'

const at = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString())

export function voucherJson(voucher: Voucher, state: VoucherifyState): object {
  const campaign = state.campaigns.get(voucher.campaignId)
  const published = state.publications.all().filter(({ voucherId }) => voucherId === voucher.id)
  return {
    id: voucher.id,
    code: voucher.code,
    campaign: campaign?.name ?? null,
    campaign_id: voucher.campaignId,
    category: null,
    category_id: null,
    type: 'DISCOUNT_VOUCHER',
    discount: { type: 'PERCENT', percent_off: campaign?.percentOff ?? 0, effect: 'APPLY_TO_ORDER' },
    gift: null,
    loyalty_card: null,
    start_date: null,
    expiration_date: campaign?.expiresAt ?? null,
    validity_timeframe: null,
    validity_day_of_week: null,
    active: voucher.isActive,
    additional_info: null,
    metadata: {},
    is_referral_code: false,
    created_at: at(voucher.createdAt),
    updated_at: at(voucher.updatedAt),
    holder_id: voucher.holderId,
    redemption: {
      quantity: 1,
      redeemed_quantity: voucher.redeemed,
      object: 'list',
      url: `/v1/vouchers/${voucher.code}/redemptions?page=1&limit=10`,
    },
    publish: {
      object: 'list',
      count: published.length,
      url: `/v1/vouchers/${voucher.code}/publications?page=1&limit=10`,
    },
    object: 'voucher',
  }
}

function customerJson({ id, sourceId, email, name }: Customer): object {
  return { id, source_id: sourceId, email, name, metadata: {}, object: 'customer' }
}

/** In a list of publications a voucher is told by its code and its worth alone, and not by when it ends. */
function listedVoucherJson(voucher: Voucher, state: VoucherifyState): object {
  const campaign = state.campaigns.get(voucher.campaignId)
  return {
    code: voucher.code,
    object: 'voucher',
    campaign: campaign?.name ?? null,
    discount: { type: 'PERCENT', percent_off: campaign?.percentOff ?? 0, effect: 'APPLY_TO_ORDER' },
    is_referral_code: false,
  }
}

export function listedPublicationJson(publication: Publication, state: VoucherifyState): object {
  const voucher = state.vouchers.get(publication.voucherId)
  const listed = voucher === undefined ? null : listedVoucherJson(voucher, state)
  return { ...publicationJson(publication, state), voucher: listed }
}

export function publicationJson(publication: Publication, state: VoucherifyState): object {
  const customer = state.customers.get(publication.customerId)
  const voucher = state.vouchers.get(publication.voucherId)
  return {
    id: publication.id,
    object: 'publication',
    created_at: at(publication.createdAt),
    customer_id: publication.customerId,
    tracking_id: customer?.sourceId ?? null,
    metadata: publication.metadata,
    channel: publication.channel,
    source_id: publication.sourceId,
    result: 'SUCCESS',
    customer: customer === undefined ? null : customerJson(customer),
    voucher: voucher === undefined ? null : voucherJson(voucher, state),
    vouchers_id: [publication.voucherId],
  }
}

export function campaignJson(
  { id, name, isActive, autoUpdate, joinOnce, expiresAt }: Campaign,
  state: VoucherifyState,
): object {
  const mine = state.vouchers.all().filter(({ campaignId }) => campaignId === id)
  return {
    id,
    name,
    campaign_type: 'DISCOUNT_COUPONS',
    type: autoUpdate ? 'AUTO_UPDATE' : 'STATIC',
    auto_join: false,
    join_once: joinOnce,
    active: isActive,
    expiration_date: expiresAt,
    vouchers_count: mine.length,
    object: 'campaign',
  }
}

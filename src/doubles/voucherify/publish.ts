import { z } from 'zod'
import { fault, notFound } from './faults.ts'
import {
  type Campaign,
  type Customer,
  newId,
  newVoucher,
  type Publication,
  type Voucher,
  type VoucherifyState,
} from './state.ts'

const shape = z.strictObject({
  campaign: z
    .union([
      z.string(),
      z.strictObject({
        id: z.string().optional(),
        name: z.string().optional(),
        count: z.int().min(1).max(50).optional(),
      }),
    ])
    .optional(),
  voucher: z.string().optional(),
  customer: z.union([
    z.string(),
    z.looseObject({
      id: z.string().optional(),
      source_id: z.string().optional(),
      email: z.string().nullable().optional(),
      name: z.string().nullable().optional(),
    }),
  ]),
  source_id: z.string().min(1).max(255).optional(),
  metadata: z.record(z.string(), z.unknown()).default({}),
  channel: z.string().default('API'),
})

/** `POST /v1/publications`: hands a voucher of a campaign, or one that is named, to a customer. */
export function publish(state: VoucherifyState, given: unknown, joinOnce: boolean): Publication {
  const read = shape.safeParse(given)
  if (!read.success) {
    const [issue] = read.error.issues
    throw fault(
      400,
      'invalid_payload',
      'Invalid payload',
      `Property .${issue?.path.join('.')} ${issue?.message}`,
    )
  }
  const { campaign: asked, voucher, customer, source_id: sourceId = null, metadata, channel } = read.data
  if (asked === undefined && voucher === undefined) {
    throw fault(400, 'missing_vouchers', 'Missing vouchers', 'Either Campaign or Voucher is required')
  }
  const known = sourceId === null ? undefined : state.publications.find((one) => one.sourceId === sourceId)
  if (known !== undefined) {
    if (state.project().replay === 'same') return known
    throw fault(
      400,
      'duplicate_source_id',
      'Duplicate source_id',
      `Publication with source_id: '${sourceId}' already exists`,
    )
  }
  if (typeof asked === 'object' && (asked.count ?? 1) > 1) {
    throw fault(
      400,
      'too_many_vouchers_requested',
      'Too many vouchers requested',
      'Only up to 1 can be published',
    )
  }
  const who = keepCustomer(state, customer)
  if (asked === undefined)
    return enter(state, named(state, voucher ?? ''), who, { sourceId, metadata, channel })
  const campaign = findCampaign(state, typeof asked === 'string' ? asked : (asked.id ?? asked.name ?? ''))
  const earlier = joinOnce || campaign.joinOnce ? publishedTo(state, campaign, who) : undefined
  if (earlier !== undefined && !joinOnce && state.project().joined === 'refuse') {
    const message = 'Voucher cannot be published'
    const details = `${message}. Customer already joined program.`
    throw fault(400, 'voucher_cannot_be_published', message, details)
  }
  return earlier ?? enter(state, suitable(state, campaign), who, { sourceId, metadata, channel })
}

export function findCampaign({ campaigns }: VoucherifyState, idOrName: string): Campaign {
  const campaign = campaigns.get(idOrName) ?? campaigns.find(({ name }) => name === idOrName)
  if (campaign === undefined) throw notFound('campaign', idOrName)
  return campaign
}

export function findVoucher({ vouchers }: VoucherifyState, code: string): Voucher {
  const voucher = vouchers.get(code) ?? vouchers.find((one) => one.code === code)
  if (voucher === undefined) throw notFound('voucher', code)
  return voucher
}

function named(state: VoucherifyState, code: string): Voucher {
  const voucher = findVoucher(state, code)
  if (voucher.isPublished) {
    throw fault(
      400,
      'voucher_already_published',
      'Voucher already published',
      `Voucher '${voucher.id}' has already been published`,
    )
  }
  return voucher
}

function suitable(state: VoucherifyState, campaign: Campaign): Voucher {
  const isOpen =
    campaign.isActive && (campaign.expiresAt === null || Date.parse(campaign.expiresAt) > state.clock.now())
  const free = isOpen
    ? state.vouchers.find((one) => one.campaignId === campaign.id && one.isActive && !one.isPublished)
    : undefined
  if (free !== undefined) return free
  if (isOpen && campaign.autoUpdate) return newVoucher(state, campaign)
  throw fault(
    400,
    'no_voucher_suitable_for_publication',
    "Couldn't find any voucher suitable for publication.",
    `No voucher of the campaign '${campaign.name}' can be published`,
  )
}

function publishedTo(state: VoucherifyState, campaign: Campaign, { id }: Customer): Publication | undefined {
  return state.publications.find(
    ({ customerId, voucherId }) =>
      customerId === id && state.vouchers.get(voucherId)?.campaignId === campaign.id,
  )
}

function keepCustomer({ customers }: VoucherifyState, given: z.infer<typeof shape>['customer']): Customer {
  const { id, source_id: sourceId, email, name } = typeof given === 'string' ? { id: given } : given
  if (id !== undefined) {
    const known = customers.get(id) ?? customers.find((one) => one.sourceId === id)
    if (known === undefined) throw notFound('customer', id)
    return known
  }
  if (sourceId === undefined && email == null) {
    throw fault(
      400,
      'missing_customer',
      'Missing customer',
      'id, source_id or email of the customer is required',
    )
  }
  const known = customers.find((one) =>
    sourceId === undefined ? one.email === email : one.sourceId === sourceId,
  )
  return (
    known ??
    customers.put({ id: newId('cust'), sourceId: sourceId ?? null, email: email ?? null, name: name ?? null })
  )
}

function enter(
  state: VoucherifyState,
  voucher: Voucher,
  customer: Customer,
  given: Pick<Publication, 'sourceId' | 'metadata' | 'channel'>,
): Publication {
  state.vouchers.put({ ...voucher, isPublished: true, holderId: customer.id })
  const createdAt = state.clock.now()
  return state.publications.put({
    id: newId('pub'),
    customerId: customer.id,
    voucherId: voucher.id,
    createdAt,
    ...given,
  })
}

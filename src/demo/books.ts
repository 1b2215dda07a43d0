import { tableLines } from '../cli/table.ts'
import type { Control } from './control.ts'
import type { Controls } from './happen.ts'
import { type Books, IDENTITIES, type Shopper } from './scenario.ts'

/** A coupon as it stands in the books of the platform that made it. */
export interface Booked {
  readonly books: Books
  readonly code: string
  readonly worth: string
  readonly usableBy: string
  /** Epoch ms; null: it does not end. */
  readonly endsAt: number | null
}

interface ShopifyDiscount {
  readonly code: string
  /** 0.1 is 10 %. */
  readonly percentage: number | null
  readonly amount: string | null
  readonly customerIds: readonly string[]
  readonly endsAt: number | null
}

interface StripeCoupon {
  readonly id: string
  readonly percent_off: number | null
  readonly amount_off: number | null
}

interface PromotionCode {
  readonly code: string
  readonly customer: string | null
  /** Seconds. */
  readonly expires_at: number | null
  readonly promotion: { readonly coupon: string }
}

/** All that the platforms have made, whoever asked for it, the oldest first. */
export async function readBooks({ shopify, stripe }: Controls): Promise<Booked[]> {
  return [...(await shopifyBooks(shopify)), ...(await stripeBooks(stripe))]
}

async function shopifyBooks(control: Control): Promise<Booked[]> {
  const { discounts } = await control.tell<{ discounts: ShopifyDiscount[] }>('GET /discounts')
  return discounts.map(({ code, percentage, amount, customerIds, endsAt }) => ({
    books: 'Shopify',
    code,
    worth: worthOf(percentage === null ? null : percentage * 100, amount),
    usableBy: customerIds.length === 0 ? 'anybody' : customerIds.map(shopperOf).join(', '),
    endsAt,
  }))
}

async function stripeBooks(control: Control): Promise<Booked[]> {
  const { promotionCodes } = await control.tell<{ promotionCodes: PromotionCode[] }>('GET /promotion-codes')
  const { coupons } = await control.tell<{ coupons: StripeCoupon[] }>('GET /coupons')
  return promotionCodes.map(({ code, customer, expires_at: seconds, promotion }) => {
    const { percent_off: percentage = null, amount_off: amount = null } =
      coupons.find(({ id }) => id === promotion.coupon) ?? {}
    return {
      books: 'Stripe',
      code,
      worth: worthOf(percentage, amount === null ? null : String(amount)),
      usableBy: customer === null ? 'anybody' : shopperOf(customer),
      endsAt: seconds === null ? null : seconds * 1_000,
    }
  })
}

function worthOf(percentage: number | null, amount: string | null): string {
  return percentage === null ? `${amount} off` : `${Number(percentage.toFixed(2))} %`
}

function shopperOf(customerId: string): string {
  const [who] = (Object.keys(IDENTITIES) as Shopper[]).filter(
    (shopper) => IDENTITIES[shopper].customerId === customerId,
  )
  return who ?? customerId
}

/** The books as a table of at most 80 columns. */
export function booksTable(booked: readonly Booked[]): string[] {
  const columns = [
    { title: 'in the books of' },
    { title: 'code' },
    { title: 'worth', align: 'right' },
    { title: 'usable by' },
    { title: 'until' },
  ] as const
  const rows = booked.map(({ books, code, worth, usableBy, endsAt }) => [
    books,
    code,
    worth,
    usableBy,
    endsAt === null ? 'ever' : new Date(endsAt).toISOString().slice(0, 10),
  ])
  return tableLines(columns, rows)
}

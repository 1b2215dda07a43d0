import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { makeTempFolder } from '../helpers/temp-folder.ts'
import { BOOKS_FAULTS } from './books/faults.ts'
import { runBooks } from './books/run.ts'
import { openShopify } from './books/shopify.ts'
import { openStripe } from './books/stripe.ts'
import { openVoucherify } from './books/voucherify.ts'

const WITHIN_MS = 300_000
const SHOPS = { Shopify: openShopify, Stripe: openStripe, Voucherify: openVoucherify }

/** The long forms, and those on MongoDB, are `npm run test:fault`. */
describe.each(Object.entries(SHOPS))('in the books of %s there is one coupon for a reward', (_name, open) => {
  it.each(BOOKS_FAULTS)(
    'after this: $title',
    async (fault) => {
      const [folder, remove] = await makeTempFolder()
      const encryptionKey = randomBytes(32).toString('base64')
      const place = { store: 'sqlite', uri: join(folder, 'streakline.db'), encryptionKey } as const
      try {
        const result = await runBooks(fault, () => open(), place, false)
        expect(result).toMatchObject({ wrong: [], doubled: 0 })
        expect(result.usable).toBe(result.issued)
        expect(result.times).toBeGreaterThan(0)
      } finally {
        await remove()
      }
    },
    WITHIN_MS,
  )
})

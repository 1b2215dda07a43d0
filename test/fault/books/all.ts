import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { StoreKind } from '../../helpers/open-store.ts'
import { makeTempFolder } from '../../helpers/temp-folder.ts'
import type { MongoUnderTest } from '../harness/mongo.ts'
import { BOOKS_FAULTS } from './faults.ts'
import '../../helpers/zone-data.ts'
import { runBooks } from './run.ts'
import type { CouponShop } from './shop.ts'
import { openShopify } from './shopify.ts'
import { openStripe } from './stripe.ts'
import { BOOKS_MARKDOWN, BOOKS_PLAIN, isInOrder } from './table.ts'
import { openVoucherify } from './voucherify.ts'

const SHOPS: readonly (() => Promise<CouponShop>)[] = [
  () => openShopify(),
  () => openStripe(),
  () => openVoucherify('refuse'),
  () => openVoucherify('same'),
]

export interface BooksOptions {
  readonly stores: readonly StoreKind[]
  readonly markdown: boolean
  readonly say: (text: string) => void
  /** A sentence where none can be had. */
  readonly mongo: () => Promise<MongoUnderTest | string>
}

/** Inflicts all that may befall coupons, in its thorough form, at each platform, on each store. @returns whether all is well */
export async function inflictOnBooks({ stores, markdown, say, mongo }: BooksOptions): Promise<boolean> {
  const style = markdown ? BOOKS_MARKDOWN : BOOKS_PLAIN
  let isWell = true
  say(style.heading())
  for (const store of stores) {
    const server = store === 'mongodb' ? await mongo() : null
    if (typeof server === 'string') {
      say(`${store}: SKIPPED, ${server}`)
      continue
    }
    for (const openShop of SHOPS) {
      for (const fault of BOOKS_FAULTS) {
        const [folder, remove] = await makeTempFolder()
        const uri = server?.anotherUri() ?? join(folder, 'streakline.db')
        const encryptionKey = randomBytes(32).toString('base64')
        const result = await runBooks(fault, openShop, { store, uri, encryptionKey }, true).finally(remove)
        isWell &&= isInOrder(result)
        say(style.row(result))
        for (const sentence of result.wrong) say(`  WRONG: ${sentence}`)
      }
    }
  }
  return isWell
}

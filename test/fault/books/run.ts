import type { StoreKind } from '../../helpers/open-store.ts'
import type { BooksFault } from './faults.ts'
import { type Judged, judge } from './judge.ts'
import { type Place, Scene } from './scene.ts'
import type { CouponShop } from './shop.ts'

export interface BooksResult extends Judged {
  readonly fault: BooksFault
  readonly provider: string
  readonly store: StoreKind
  /** How often the fault was inflicted. */
  readonly times: number
}

/** Inflicts a fault on an installation of its own, has it come to rest, and compares it with the shop's books. */
export async function runBooks(
  fault: BooksFault,
  openShop: () => Promise<CouponShop>,
  place: Place,
  isLong: boolean,
): Promise<BooksResult> {
  const shop = await openShop()
  try {
    const scene = await Scene.set(shop, place)
    try {
      const times = await fault.inflict(scene, isLong)
      const stuck = await scene.workOff().then(
        () => [],
        (error: Error) => [error.message],
      )
      const judged = await judge(scene, await scene.rewards())
      const wrong = [...stuck, ...judged.wrong]
      return { ...judged, wrong, fault, provider: shop.label, store: place.store, times }
    } finally {
      await scene.close()
    }
  } finally {
    await shop.stop()
  }
}

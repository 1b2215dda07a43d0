import { AppError } from '../../src/errors.ts'
import type { Store } from '../../src/ports/store.ts'

/** A store on which the commit after `allowed` more fails, and all that follow. */
export function failingStore(store: Store, allowed: number): Store {
  let left = allowed
  return new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...input: unknown[]) => {
        if (name === 'commit' && left-- <= 0) throw new AppError('STORE_UNAVAILABLE', 'the store is away')
        return Reflect.apply(member, target, input)
      }
    },
  })
}

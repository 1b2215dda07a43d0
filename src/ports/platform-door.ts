import type { Access, Hands, Site } from './hands.ts'
import type { Told } from './platform-calls.ts'

/** No call was made, or none more will be: `check` or `install` opens the door again. */
export interface Closed {
  readonly outcome: 'closed'
  readonly code: 'NOT_INSTALLED' | 'TOKEN_REFUSED'
}

export interface DoorOptions {
  /** Also what lacks a permission is renewed once and asked again: a newer access may have it. It stays good all the same. */
  readonly renewsForPermission?: boolean
}

/** The way to a connector's platform for all who have something to ask there. */
export interface PlatformDoor {
  /**
   * Asks with an access that is good: renewed first where that is due, and once more where it is refused, by one
   * process at a time and stored before it is used. An access that stays refused becomes the problem `TOKEN_REFUSED` of
   * the installation, and nothing more is asked with it. `ask` may be called twice, so it has to be one call that can be
   * repeated. @throws AppError NOT_FOUND, STORE_BUSY, STORE_UNAVAILABLE, SECRET_UNREADABLE
   */
  use<T>(
    accountId: string,
    connectorId: string,
    ask: (hands: Hands, site: Site, access: Access) => Promise<Told<T>>,
    options?: DoorOptions,
  ): Promise<Told<T> | Closed>
}

import type { Row } from '../../ports/schema.ts'
import type { Journey } from '../../streaks/journey.ts'
import type { LoadedJourney } from '../load/loaded.ts'

/** A member's journey through a streak, opened by a batch. */
export interface OpenJourney {
  readonly streak: Row<'streak'>
  readonly ownedById: string
  /** undefined: made by this batch. */
  readonly member: Row<'member'> | undefined
  readonly loaded: LoadedJourney
  readonly journey: Journey
  /** Of its record, also where there is none yet. */
  readonly rowId: string
}

import { revise } from '../../ports/changes.ts'
import type { Change } from '../../ports/store.ts'
import type { OpenJourney } from './open-journey.ts'

type Seen = Pick<OpenJourney, 'member' | 'loaded' | 'journey'>

/**
 * Most commits raise the version of the member's journey, which an erasure closes: late logs find it so, or conflict.
 * A journey that begins has none yet, and logs that are not live leave it as it is: there the member's revision stands
 * in. Members that are written anyway are guarded already.
 */
export function heldMembers(journeys: readonly Seen[], written: readonly Change[]): Change[] {
  const guarded = new Set(written.map((change) => (change.op === 'insert' ? change.row.id : change.id)))
  return journeys.flatMap(({ member, loaded, journey }): Change[] => {
    const isVersioned = loaded.row !== null && journey.progress.size > 0
    if (member === undefined || isVersioned || guarded.has(member.id)) return []
    guarded.add(member.id)
    return [revise('member', member, {})]
  })
}

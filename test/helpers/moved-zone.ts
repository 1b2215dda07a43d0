import { useZoneData, type ZoneChanges, type ZoneData } from '../../src/streaks/zone-data.ts'
import { ownZoneData } from '../../src/zones/own-data.ts'

/** A zone of which a later release says something else; `isTimezone` knows it while one of the two is in force. */
export const MOVED_ZONE = 'Mars/Olympus_Mons'
const HOUR_MS = 3_600_000

function withZone(version: string, changes: ZoneChanges): ZoneData {
  const own = ownZoneData()
  return {
    version,
    has: (name) => name === MOVED_ZONE || own.has(name),
    changesOf: (name) => (name === MOVED_ZONE ? changes : own.changesOf(name)),
  }
}

/** Its clocks stand at UTC for ever. */
export const BEFORE = withZone('2098a', { at: [], offsets: [0] })

/** From `since` (epoch ms) on its clocks are so many hours ahead. */
export function afterDecree(since: number, hours: number): ZoneData {
  return withZone('2099a', { at: [since], offsets: [0, hours * HOUR_MS] })
}

/** Does something while other data is in force, then puts the program's own in force again. */
export async function under<T>(data: ZoneData, act: () => Promise<T>): Promise<T> {
  useZoneData(data)
  try {
    return await act()
  } finally {
    useZoneData(ownZoneData())
  }
}

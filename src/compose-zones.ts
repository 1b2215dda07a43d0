import type { Config } from './config.ts'
import { AppError } from './errors.ts'
import type { Logger } from './ports/logger.ts'
import type { Store } from './ports/store.ts'
import { notedZoneData, noteZoneData } from './ports/zone-note.ts'
import { useZoneData, type ZoneData } from './streaks/zone-data.ts'
import { folderZoneData } from './zones/folder-data.ts'
import { ownZoneData } from './zones/own-data.ts'

/** Puts the zone data that the configuration names in force, and answers it. @throws AppError INVALID_INPUT */
export function composeZoneData({ zoneInfo }: Pick<Config, 'zoneInfo'>): ZoneData {
  const own = ownZoneData()
  const data = zoneInfo === null ? own : folderZoneData(zoneInfo, own)
  useZoneData(data)
  return data
}

/**
 * For a visitor that decides no period: refuses data older than what the store's processes go by.
 * @throws AppError CONFLICT
 */
export async function checkZoneData(store: Store, { version }: ZoneData): Promise<void> {
  refuseOlder(version, await notedZoneData(store))
}

/**
 * For a process that decides periods: notes its zone data in the store, so that none with older data starts after it.
 * @throws AppError CONFLICT when its own is the older one
 */
export async function agreeOnZoneData(store: Store, { version }: ZoneData, logger: Logger): Promise<void> {
  const before = await notedZoneData(store)
  refuseOlder(version, before)
  refuseOlder(version, await noteZoneData(store, version))
  if (before === null || before === version) return
  logger.warn(
    { zoneDataBefore: before, zoneData: version },
    'time zone data is newer than before: "streakline zones" says which streaks it changes',
  )
}

function refuseOlder(version: string, noted: string | null): void {
  if (noted === null || noted <= version) return
  throw new AppError(
    'CONFLICT',
    `The store goes by time zone data ${noted}, this process has ${version}, which is older: run the newer Streakline, or name a folder of ${noted} in STREAKLINE_ZONEINFO.`,
  )
}

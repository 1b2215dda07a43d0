import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { AppError } from '../errors.ts'
import type { ZoneData } from '../streaks/zone-data.ts'
import type { OwnZoneData } from './own-data.ts'
import { changesOf, isTzif, readTzif, type TzifFile } from './tzif.ts'

const VERSION = /^20\d\d[a-z]{1,2}$/
/** What lies in such folders and is no zone of IANA, or is a zone counted otherwise. */
const NO_ZONES = /^(?:posix|right|SystemV)\/|^(?:Factory|localtime|posixrules|Etc\/Unknown)$/
const ZONE_NAME = /^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Z][A-Za-z0-9_+-]*)*$/
/** A folder of the system's has some 1,800 files, leap seconds and all. */
const MAX_FILES = 10_000

/**
 * The zone data of a folder of compiled files, such as /usr/share/zoneinfo. It is read whole, once: what a package
 * manager puts there later holds from the next start on. Names that the
 * folder lacks are those of `own`: some systems keep links apart.
 * @throws AppError INVALID_INPUT with one sentence: unreadable, of no known version, older than `own`
 */
export function folderZoneData(folder: string, own: OwnZoneData): ZoneData {
  const names = namesIn(folder)
  const version = versionOf(folder)
  if (version === null) {
    throw refusal(
      folder,
      'does not say which version it is: neither tzdata.zi nor +VERSION names one such as 2026f',
    )
  }
  if (version < own.version) {
    throw refusal(folder, `is of version ${version}, older than ${own.version}, which comes with the program`)
  }
  const zones = readZones(folder, names)
  if (!zones.has('UTC') && !zones.has('Etc/UTC')) throw refusal(folder, 'has no compiled file of UTC')
  return {
    version,
    has: (name) => zones.has(name) || own.has(name),
    changesOf(name) {
      const file = zones.get(name) ?? zones.get(own.zoneOf(name) ?? name)
      return file === undefined ? own.changesOf(name) : changesOf(file)
    },
  }
}

function refusal(folder: string, why: string, cause?: unknown): AppError {
  return new AppError('INVALID_INPUT', `STREAKLINE_ZONEINFO: the folder ${folder} ${why}.`, { cause })
}

/** `# version 2026f` is the first line of tzdata.zi, which most systems have; +VERSION is that of BSD and macOS. */
function versionOf(folder: string): string | null {
  const names = { 'tzdata.zi': /^# version (\S+)/, '+VERSION': /^(\S+)/ }
  const found = Object.entries(names).map(([name, pattern]) => pattern.exec(textOf(join(folder, name)))?.[1])
  return found.find((version) => version !== undefined && VERSION.test(version)) ?? null
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function readZones(folder: string, names: readonly string[]): Map<string, TzifFile> {
  const zones = new Map<string, TzifFile>()
  for (const name of names) {
    const path = join(folder, name)
    try {
      const bytes = readFileSync(path)
      if (isTzif(bytes)) zones.set(name, readTzif(bytes))
    } catch (error) {
      // a link to a folder or to nothing: as if it was not there
      if (['EISDIR', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) continue
      const why = error instanceof Error ? error.message : String(error)
      throw refusal(folder, `has a file ${name} that cannot be used: it ${why}`, error)
    }
  }
  return zones
}

function namesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).slice(0, MAX_FILES)
    return entries
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((name) => ZONE_NAME.test(name) && !NO_ZONES.test(name))
  } catch (error) {
    throw refusal(folder, 'cannot be read', error)
  }
}

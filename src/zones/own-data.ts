import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { ZoneData } from '../streaks/zone-data.ts'
import { unpackZone } from './packed.ts'

/** Names that IANA has given up and that streaks may have: they were taken while the runtime still knew them. */
const RETIRED = [
  ['Canada/East-Saskatchewan', 'America/Regina'],
  ['US/Pacific-New', 'America/Los_Angeles'],
] as const

interface PackedData {
  readonly version: string
  readonly zones: readonly string[]
  /** `zone|link` */
  readonly links: readonly string[]
}

export interface OwnZoneData extends ZoneData {
  /** The zone that a link means, of a zone itself; undefined for an unknown name. */
  zoneOf(name: string): string | undefined
}

let own: OwnZoneData | undefined

/** The data that comes with the program: that of the package moment-timezone, of which nothing else is loaded. */
export function ownZoneData(): OwnZoneData {
  own ??= readPackedData()
  return own
}

function readPackedData(): OwnZoneData {
  const path = createRequire(import.meta.url).resolve('moment-timezone/data/packed/latest.json')
  const { version, zones, links } = JSON.parse(readFileSync(path, 'utf8')) as PackedData
  const packed = new Map(zones.map((zone) => [zone.slice(0, zone.indexOf('|')), zone]))
  const zoneOf = new Map([...packed.keys()].map((zone) => [zone, zone]))
  for (const pair of links) {
    const [zone, link] = pair.split('|') as [string, string]
    zoneOf.set(link, zone)
  }
  for (const [link, zone] of RETIRED) zoneOf.set(link, zone)
  return {
    version,
    has: (name) => zoneOf.has(name),
    zoneOf: (name) => zoneOf.get(name),
    changesOf(name) {
      const zone = packed.get(zoneOf.get(name) ?? '')
      return zone === undefined ? undefined : unpackZone(zone)
    },
  }
}

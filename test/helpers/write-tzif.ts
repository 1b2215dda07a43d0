import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ZoneChanges } from '../../src/streaks/zone-data.ts'

export interface TzifOptions {
  readonly footer: string
  readonly version?: string
  readonly leapSeconds?: number
}

/** A compiled file as `zic -b slim` makes one: an empty block of version 1, the times of 64 bits, the footer. */
export function tzifOf(
  changes: ZoneChanges,
  { footer, version = '2', leapSeconds = 0 }: TzifOptions,
): Buffer {
  const offsets = [...new Set(Array.from(changes.offsets))]
  const header = (counts: readonly number[]) => {
    const bytes = Buffer.alloc(44)
    bytes.write(`TZif${version}`, 'latin1')
    for (const [index, value] of counts.entries()) bytes.writeUInt32BE(value, 20 + 4 * index)
    return bytes
  }
  const times = Buffer.alloc(changes.at.length * 8)
  for (const [index, at] of Array.from(changes.at).entries())
    times.writeBigInt64BE(BigInt(at / 1000), index * 8)
  const order = Buffer.from(
    Array.from(changes.offsets)
      .slice(1)
      .map((offset) => offsets.indexOf(offset)),
  )
  const types = Buffer.alloc(offsets.length * 6)
  for (const [index, offset] of offsets.entries()) types.writeInt32BE(offset / 1000, index * 6)
  return Buffer.concat([
    header([0, 0, 0, 0, 1, 1]),
    Buffer.alloc(7),
    header([0, 0, leapSeconds, changes.at.length, offsets.length, 1]),
    times,
    order,
    types,
    Buffer.alloc(1 + leapSeconds * 12),
    Buffer.from(`\n${footer}\n`, 'latin1'),
  ])
}

/** A folder as systems have one; `version` null writes none. */
export function writeZoneInfo(
  folder: string,
  version: string | null,
  files: Readonly<Record<string, Buffer | string>>,
): string {
  const named = version === null ? {} : { 'tzdata.zi': `# version ${version}\n# This zic input file is …\n` }
  for (const [name, content] of Object.entries({ ...named, ...files })) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  return folder
}

/** No change at all, at this offset in hours. */
export function fixedZone(hours: number, name = 'XXX'): Buffer {
  const footer = hours === 0 ? `${name}0` : `${name}${-hours}`
  return tzifOf({ at: [], offsets: [hours * 3_600_000] }, { footer })
}

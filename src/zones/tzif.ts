import type { ZoneChanges } from '../streaks/zone-data.ts'
import { type PosixRule, readPosixRule, withRule } from './posix-rule.ts'

const SECOND_MS = 1000
const HEADER_BYTES = 44

/** A compiled file of the system's zone data. */
export interface TzifFile {
  /** As far as they are written down in the file. */
  readonly changes: ZoneChanges
  readonly rule: PosixRule
}

export function isTzif(bytes: Buffer): boolean {
  return bytes.subarray(0, 4).toString('latin1') === 'TZif'
}

/**
 * Reads a TZif file of version 2 or later: the times of 64 bits and the footer. https://www.rfc-editor.org/rfc/rfc9636
 * @throws Error naming what is amiss, for files of version 1 and those that count leap seconds too
 */
export function readTzif(bytes: Buffer): TzifFile {
  if (!isTzif(bytes) || bytes.length < HEADER_BYTES) throw new Error('is no TZif file')
  if (bytes[4]! < '2'.charCodeAt(0)) throw new Error('is of version 1, which ends in 2037')
  try {
    return readBlock(bytes, blockEnd(bytes, 0, 4))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_OUT_OF_RANGE') throw error
    throw new Error('is cut off', { cause: error })
  }
}

/** The counts of a header, in the order in which they stand there. */
function countsAt(bytes: Buffer, start: number) {
  const [utcIndicators, standardIndicators, leapSeconds, changes, types, characters] = [0, 1, 2, 3, 4, 5].map(
    (index) => bytes.readUInt32BE(start + 20 + 4 * index),
  ) as [number, number, number, number, number, number]
  return { utcIndicators, standardIndicators, leapSeconds, changes, types, characters }
}

function blockEnd(bytes: Buffer, start: number, timeBytes: number): number {
  const { utcIndicators, standardIndicators, leapSeconds, changes, types, characters } = countsAt(
    bytes,
    start,
  )
  const times = changes * (timeBytes + 1) + leapSeconds * (timeBytes + 4)
  return start + HEADER_BYTES + times + types * 6 + characters + utcIndicators + standardIndicators
}

function readBlock(bytes: Buffer, start: number): TzifFile {
  const counts = countsAt(bytes, start)
  if (counts.leapSeconds > 0) throw new Error('counts leap seconds')
  const times = start + HEADER_BYTES
  const order = times + counts.changes * 8
  const types = order + counts.changes
  const offsetOf = (type: number) => bytes.readInt32BE(types + type * 6) * SECOND_MS
  const at = Float64Array.from({ length: counts.changes }, (_, index) => {
    return Number(bytes.readBigInt64BE(times + index * 8)) * SECOND_MS
  })
  const offsets = [offsetOf(0), ...Array.from(at, (_, index) => offsetOf(bytes.readUInt8(order + index)))]
  const [, footer = ''] = bytes
    .subarray(blockEnd(bytes, start, 8))
    .toString('latin1')
    .split('\n')
  const rule = readPosixRule(footer)
  if (rule === null) throw new Error(`ends in ${JSON.stringify(footer)}, which is no rule`)
  return { changes: { at, offsets }, rule }
}

/** The changes of a file with its rule written out. */
export function changesOf({ changes, rule }: TzifFile): ZoneChanges {
  return withRule(changes, rule)
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new, empty folder; the second value removes it with everything in it. */
export async function makeTempFolder(): Promise<[path: string, remove: () => Promise<void>]> {
  const path = await mkdtemp(join(tmpdir(), 'streakline-test-'))
  return [path, () => rm(path, { recursive: true, force: true })]
}

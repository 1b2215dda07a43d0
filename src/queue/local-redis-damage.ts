import { mkdir, readdir, rename, rmdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { LocalRedisFiles } from './local-redis-files.ts'

/** What Redis keeps: 7 and newer in a folder, 6.2 in a file. */
const DATA = ['appendonlydir', 'appendonly.aof', 'dump.rdb']

/** Data that Redis was parted from. */
export interface Aside {
  /** The folder that has it now. */
  readonly movedTo: string
  back(): Promise<void>
}

/**
 * Moves Redis's data beside its folder, under a name with the time. Nothing rests on it: jobs that were in it are made
 * again from the store. null when there is none.
 */
export async function moveDataAside({ dir }: LocalRedisFiles): Promise<Aside | null> {
  const present = (await readdir(dir)).filter((name) => DATA.includes(name))
  if (present.length === 0) return null
  const at = new Date().toISOString().replaceAll(':', '-')
  const movedTo = join(dirname(dir), `${basename(dir)}-damaged-${at}`)
  await mkdir(movedTo, { mode: 0o700 })
  for (const name of present) await rename(join(dir, name), join(movedTo, name))
  return {
    movedTo,
    async back() {
      for (const name of present) await rename(join(movedTo, name), join(dir, name))
      await rmdir(movedTo)
    },
  }
}

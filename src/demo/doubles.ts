import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { NAMED_PLATFORMS } from '../doubles/names.ts'
import type { StartedDouble } from '../doubles/registry.ts'
import { isFree } from './ports.ts'

export interface DemoDouble extends StartedDouble {
  readonly name: string
}

/** Starts all of them, at their own ports where these are free; what they know is kept in `folder`. */
export async function startDoubles(folder: string): Promise<DemoDouble[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const started: DemoDouble[] = []
  try {
    // read only when they are wanted
    const { PLAYED_PLATFORMS } = await import('../doubles/registry.ts')
    for (const { name, port } of NAMED_PLATFORMS) {
      const dataFile = join(folder, `${name}.jsonl`)
      started.push({
        name,
        ...(await PLAYED_PLATFORMS[name].start({ port: (await isFree(port)) ? port : 0, dataFile })),
      })
    }
    return started
  } catch (error) {
    for (const { stop } of started) await stop()
    throw error
  }
}

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { NAMED_PLATFORMS, type PlatformName } from '../doubles/names.ts'
import type { StartedDouble } from '../doubles/registry.ts'
import { isFree } from './ports.ts'
import type { Platform } from './scenario.ts'

export interface DemoDouble extends StartedDouble {
  readonly name: PlatformName
}

/** Those that the story is played with. */
const PLAYED: readonly PlatformName[] = ['shopify', 'stripe'] satisfies Platform[]

/** @param all also those that are no part of the story, to try things with. What they know is kept in `folder` */
export async function startDoubles(folder: string, all: boolean): Promise<DemoDouble[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const started: DemoDouble[] = []
  try {
    // reading them takes a moment, which --help need not wait for
    const { PLAYED_PLATFORMS } = await import('../doubles/registry.ts')
    for (const { name, port } of NAMED_PLATFORMS) {
      if (!all && !PLAYED.includes(name)) continue
      const dataFile = join(folder, `${name}.jsonl`)
      const start = (at: number): Promise<StartedDouble> =>
        PLAYED_PLATFORMS[name].start({ port: at, dataFile })
      // at the port that the pages tell of, where nobody has it and nobody is faster
      const double = (await isFree(port)) ? await start(port).catch(() => start(0)) : await start(0)
      started.push({ name, ...double })
    }
    return started
  } catch (error) {
    for (const { stop } of started) await stop()
    throw error
  }
}

/** As `STREAKLINE_PLATFORM_ORIGINS` has it: requests to these platforms go to their doubles, and nowhere else on this machine. */
export function originsOf(doubles: readonly DemoDouble[]): string {
  return doubles.map(({ name, origin }) => `${name}=${origin}`).join(',')
}

export function originOf(doubles: readonly DemoDouble[], platform: PlatformName): string {
  const double = doubles.find(({ name }) => name === platform)
  if (double === undefined) throw new TypeError(`no double of ${platform} runs`)
  return double.origin
}

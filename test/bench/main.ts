import { availableParallelism, loadavg } from 'node:os'
import { measureAcceptance } from './acceptance.ts'
import { measureFlat } from './flat.ts'
import { type BenchOptions, HELP, readOptions } from './options.ts'
import { measureRecording } from './recording.ts'
import { type Line, tableOf } from './report.ts'
import { type Bench, redisDurability, startBench } from './servers.ts'

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const progress = (text: string): void => void process.stderr.write(`bench: ${text} ...\n`)

async function measure(bench: Bench, { parts }: BenchOptions): Promise<Line[]> {
  const lines: Line[] = []
  const wantsMemory = parts.has('memory')
  for (const store of bench.stores) {
    if (parts.has('acceptance') || wantsMemory) {
      progress(`acceptance on ${store}`)
      const result = await measureAcceptance(bench, store)
      if (parts.has('acceptance')) lines.push(...result.lines)
      if (wantsMemory) lines.push(result.memory)
    }
    if (parts.has('recording') || parts.has('naive') || wantsMemory) {
      progress(`recording on ${store}`)
      const result = await measureRecording(bench, store, parts)
      lines.push(...result.lines)
      if (wantsMemory) lines.push(result.memory)
    }
    if (parts.has('flat')) {
      progress(`time per log on ${store}`)
      lines.push(...(await measureFlat(bench, store)))
    }
  }
  return lines
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  if (options === null) return say(HELP)
  const bench = await startBench(options)
  try {
    say(`Node ${process.versions.node}, ${availableParallelism()} cores, load ${loadavg()[0]!.toFixed(1)}`)
    say(`Redis: ${await redisDurability(bench.redis.url)}`)
    const lines = await measure(bench, options)
    say(`Ratios are medians of ${bench.sizes.rounds} pairs (lowest–highest).\n`)
    say(tableOf(lines))
  } finally {
    await bench.stop()
  }
}

await main()

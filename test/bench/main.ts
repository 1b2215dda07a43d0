import { availableParallelism, loadavg } from 'node:os'
import { measureAcceptance } from './acceptance.ts'
import { measureCoupons } from './coupons.ts'
import { measureFlat } from './flat.ts'
import { type BenchOptions, HELP, readOptions } from './options.ts'
import { measureRecording } from './recording.ts'
import { HEADING, type Line, textOf } from './report.ts'
import { type Bench, redisDurability, startBench } from './servers.ts'

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const report = (lines: readonly Line[]): void => {
  for (const line of lines) say(textOf(line))
}

async function measure(bench: Bench, { parts }: BenchOptions): Promise<void> {
  const memory = parts.has('memory')
  for (const store of bench.stores) {
    if (parts.has('acceptance') || memory) {
      const result = await measureAcceptance(bench, store)
      if (parts.has('acceptance')) report([result.line])
      if (memory) report([result.memory])
    }
    if (parts.has('recording') || parts.has('naive') || memory) {
      const result = await measureRecording(bench, store, parts)
      report(result.lines)
      if (memory) report([result.memory])
    }
    if (parts.has('flat')) await measureFlat(bench, store, (line) => report([line]))
    if (parts.has('coupons')) await measureCoupons(bench, store, (line) => report([line]))
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  if (options === null) return say(HELP)
  const bench = await startBench(options)
  try {
    say(`Node ${process.versions.node}, ${availableParallelism()} cores, load ${loadavg()[0]!.toFixed(1)}`)
    say(`Redis: ${await redisDurability(bench.redis.url)}`)
    for (const [store, durability] of bench.durability) say(`${store}: ${durability}`)
    say(`Ratios are medians of ${bench.sizes.rounds} pairs (lowest–highest).\n`)
    say(HEADING)
    await measure(bench, options)
  } finally {
    await bench.stop()
  }
}

await main()

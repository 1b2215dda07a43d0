import { availableParallelism } from 'node:os'
import { inflictOnBooks } from './books/all.ts'
import type { MongoNeeded } from './harness/faults.ts'
import { type MongoUnderTest, startMongo } from './harness/mongo.ts'
import { type HarnessOptions, HELP, readOptions } from './harness/options.ts'
import { type Result, run } from './harness/scenario.ts'
import { isClean, MARKDOWN, PLAIN } from './harness/table.ts'

const SETTLE_WITHIN_MS = 60_000

const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** Servers that several faults share. */
function openServers() {
  const servers = new Map<MongoNeeded, Promise<MongoUnderTest | string>>()
  return {
    mongo(needed: MongoNeeded) {
      const server = servers.get(needed) ?? startMongo(needed)
      servers.set(needed, server)
      return server
    },
    async stop() {
      for (const server of await Promise.all(servers.values())) {
        if (typeof server !== 'string') await server.stop()
      }
    },
  }
}

/** @returns whether all is well */
async function inflictAll(options: HarnessOptions): Promise<boolean> {
  const { stores, faults, books, markdown, verbose, ...others } = options
  const style = markdown ? MARKDOWN : PLAIN
  const servers = openServers()
  const results: Result[] = []
  let isInOrder = true
  if (faults.length > 0) say(style.heading())
  try {
    for (const fault of faults) {
      for (const store of fault.stores.filter((each) => stores.includes(each))) {
        const mongo = store === 'mongodb' ? await servers.mongo(fault.mongo ?? 'one_node') : null
        if (typeof mongo === 'string') {
          say(`${fault.title}, ${store}: SKIPPED, ${mongo}`)
          continue
        }
        const startedAt = performance.now()
        const tell = (text: string) => {
          if (verbose) say(`  ${((performance.now() - startedAt) / 1_000).toFixed(1)} s  ${text}`)
        }
        const result = await run(fault, store, mongo, {
          ...others,
          settleWithinMs: SETTLE_WITHIN_MS,
          say: tell,
        })
        results.push(result)
        say(style.row(result))
        for (const sentence of result.wrong) say(`  WRONG: ${sentence}`)
      }
    }
    if (books && faults.length > 0) say('')
    if (books)
      isInOrder = await inflictOnBooks({ stores, markdown, say, mongo: () => servers.mongo('one_node') })
  } finally {
    await servers.stop()
  }
  return isInOrder && results.every(isClean)
}

// an end by signal is an end all the same: what was started is ended
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const options = readOptions(process.argv.slice(2))
if (options === null) say(HELP)
else {
  say(`Node ${process.versions.node}, ${availableParallelism()} cores, seed ${options.seed}\n`)
  const isWell = await inflictAll(options)
  say(isWell ? '\nNothing was lost, doubled or stuck.' : '\nSomething is WRONG: see above.')
  if (!isWell) process.exitCode = 1
}

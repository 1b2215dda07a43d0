import { join, resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { runDemo } from './run.ts'
import type { StoreChoice } from './state.ts'
import { openTerminal } from './terminal.ts'

/** What a shell reports of a program that was told to stop. */
const STOPPED = 130
/** Whatever has not closed by then is given up. */
const LAST_RESORT_MS = 30_000

interface Flags {
  readonly keep?: true
  readonly platforms?: true
  readonly fresh?: true
  readonly store: StoreChoice
  readonly dataDir?: string
  readonly port?: number
}

/** `streakline demo`: a week of a small shop, on this machine alone. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('Play a week of signed webhooks on this machine, and check what comes of it.')
    .option('--keep', 'stay running afterwards, and print addresses and credentials')
    .option(
      '--platforms',
      'with --keep: run doubles of WooCommerce and Voucherify too, to try an install with',
    )
    .addOption(
      new Option('--store <store>', 'where the data goes').choices(['sqlite', 'mongo']).default('sqlite'),
    )
    .option('--data-dir <folder>', 'where the demo keeps its files (default: .streakline/demo-<store>)')
    .option('--port <port>', 'port of the API, 0 for any (default: 8080, or any that is free)', readPort)
    .option('--fresh', 'begin anew, also when the last demo stopped before its end')
    .addHelpText(
      'after',
      `
Everything it needs it starts itself, and ends again: the API, the workers, a
redis-server (it must be installed) and doubles of Shopify and Stripe, which it
installs, has shoppers buy at and has make coupons. Nothing leaves this machine.
A demo that was stopped, killed even, is taken up by the next one.

With --store mongo it uses a database of its own on the MongoDB that MONGODB_URI
names, else a mongod that it starts: the one MONGOD_BIN names or found on PATH,
else one fetched once (42 MB) on Linux x64.

Ends with 0 when everything came out as expected.`,
    )
    .action(runCommand)
}

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535.')
}

async function runCommand({ keep, platforms, fresh, store, dataDir, port }: Flags): Promise<void> {
  const stop = new AbortController()
  const onSignal = (): void => {
    stop.abort()
    setTimeout(() => process.exit(STOPPED), LAST_RESORT_MS).unref()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  // whoever read the story has gone, as `head` does
  process.stdout.on('error', onSignal)
  try {
    const ok = await runDemo({
      folder: resolve(dataDir ?? join('.streakline', `demo-${store}`)),
      store,
      mongodbUri: process.env.MONGODB_URI || null,
      port: port ?? null,
      fresh: fresh === true,
      keep: keep === true,
      platforms: keep === true && platforms === true,
      terminal: openTerminal(process.stdout, process.env),
      signal: stop.signal,
    })
    process.exitCode = ok ? 0 : 1
  } catch (error) {
    if (!stop.signal.aborted) throw error
    process.stderr.write('Stopped. Run the same command again and it goes on from here.\n')
    process.exitCode = STOPPED
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, onSignal)
  }
}

import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { NAMED_PLATFORMS, type NamedPlatform } from '../doubles/names.ts'
import type { StartedDouble } from '../doubles/registry.ts'

interface Flags {
  readonly port?: number
  readonly dataDir?: string
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** `streakline doubles shopify | stripe | woocommerce | voucherify | all`: platforms to try things with, on this machine. */
export function doublesCommand(): Command {
  const command = new Command('doubles').description(
    'Run doubles of Shopify, Stripe, WooCommerce and Voucherify on this machine, to try things without an account.',
  )
  for (const platform of NAMED_PLATFORMS) {
    const one = withFlags(new Command(platform.name).description(`${platform.says}.`))
      .option(
        '--port <port>',
        `where it listens on 127.0.0.1, 0 for any free port (default: ${platform.port})`,
        readPort,
      )
      .helpOption(false)
      .option('-h, --help', 'say what it can be told to do')
    command.addCommand(
      one.action(async ({ help, ...flags }: Flags & { readonly help?: true }) => {
        if (help === true) print(`${one.helpInformation()}${await helpOf(platform)}`)
        else await run([platform], flags)
      }),
    )
  }
  return command.addCommand(
    withFlags(new Command('all').description('all of them, each at its own port.')).action((flags: Flags) =>
      run(NAMED_PLATFORMS, flags),
    ),
  )
}

function withFlags(command: Command): Command {
  return command.option('--data-dir <folder>', 'keep what they know in this folder, over restarts and kills')
}

async function helpOf({ name }: NamedPlatform): Promise<string> {
  const { PLAYED_PLATFORMS } = await import('../doubles/registry.ts')
  return [
    '',
    'It listens on 127.0.0.1 alone, sends webhooks to this machine alone, and is as',
    'strict as the platform. Requests say in x-forwarded-host whom they are meant for.',
    'What people do on the platform is told by requests with JSON:',
    '',
    ...PLAYED_PLATFORMS[name].controls().map((line) => `  ${line.replace('  ', '\n      ')}`),
    '',
    'More in docs/platform-doubles.md.',
  ].join('\n')
}

async function run(platforms: readonly NamedPlatform[], { port, dataDir }: Flags): Promise<void> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort())
  const folder = dataDir === undefined ? null : resolve(dataDir)
  if (folder !== null) await mkdir(folder, { recursive: true, mode: 0o700 })
  const { PLAYED_PLATFORMS } = await import('../doubles/registry.ts')
  const started: { name: string; double: StartedDouble }[] = []
  try {
    for (const { name, port: usual } of platforms) {
      const dataFile = folder === null ? null : join(folder, `${name}.jsonl`)
      started.push({ name, double: await PLAYED_PLATFORMS[name].start({ port: port ?? usual, dataFile }) })
    }
    for (const { name, double } of started) {
      print(`${name}  ${double.origin}`)
      for (const line of double.credentials) print(`  ${line}`)
    }
    const origins = started.map(({ name, double }) => `${name}=${double.origin}`)
    print(`STREAKLINE_PLATFORM_ORIGINS=${origins.join(',')}`)
    if (!stop.signal.aborted) await once(stop.signal, 'abort')
  } finally {
    for (const { double } of started) await double.stop()
  }
}

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535.')
}

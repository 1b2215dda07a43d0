import { Command, Option } from 'commander'
import { createLogger, openInstallation } from '../compose.ts'
import { ITEM_STATUSES } from '../ports/schema/values.ts'
import { progressLine } from './progress.ts'
import { INTERRUPTED, runReplay } from './replay-run.ts'
import type { ReplayInput } from './replay-targets.ts'
import { readSettings } from './settings.ts'
import { onStopSignal } from './signals.ts'

const print = (line: string): void => void process.stdout.write(`${line}\n`)

const EXAMPLES = `
Exit code: 0 done, 1 something was left out or is wrong, ${INTERRUPTED} stopped by Ctrl-C.

Examples:
  streakline replay --outcome failed --dry-run
  streakline replay --connector 0199… --reason CONNECTOR_NOT_LIVE --from 2026-11-20T00:00:00Z
  streakline replay --delivery 0199… --delivery 0199…
  streakline replay --reward 0199…`

/** `streakline replay`: takes deliveries and failed rewards up again. Web and workers go on. */
export function replayCommand(): Command {
  return new Command('replay')
    .description(
      'Translate stored deliveries again by the rules of now, or try failed rewards again. Nothing counts twice.',
    )
    .option('--delivery <id...>', 'these deliveries')
    .option('--reward <id...>', 'these reward logs')
    .option('--connector <id>', 'deliveries of this connector')
    .option('--from <time>', 'received at this time or later: 2026-11-22T00:00:00Z')
    .option('--to <time>', 'received before this time')
    .option('--order <id>', 'deliveries of this order')
    .addOption(new Option('--outcome <status>', `of which an item is ${ITEM_STATUSES.join(', ')}`))
    .option('--reason <code>', 'that did not count for this reason, such as CONNECTOR_NOT_LIVE')
    .option('--account <id>', 'in this account; needed where there are several')
    .option('--dry-run', 'count, and change nothing')
    .addHelpText('after', EXAMPLES)
    .action(async (input: ReplayInput) => {
      const config = readSettings()
      const logger = createLogger({ ...config, logLevel: 'warn' })
      // guarded commits need no claim on the folder, so a running server need not stop
      const installation = await openInstallation(config, logger, { claim: false })
      const interrupt = new AbortController()
      // another Ctrl-C, later, ends the process as ever
      onStopSignal(['SIGINT'], () => interrupt.abort())
      const progress = progressLine(process.stderr)
      try {
        process.exitCode = await runReplay({ installation, progress, print, signal: interrupt.signal }, input)
      } finally {
        progress.end()
        await installation.close()
      }
    })
}

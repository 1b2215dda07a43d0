import { Command, Option } from 'commander'
import { ITEM_STATUSES } from '../ports/schema/values.ts'
import { besideProgram, interruptSignal } from './beside-program.ts'
import { INTERRUPTED, runReplay } from './replay-run.ts'
import type { ReplayInput } from './replay-targets.ts'

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
    .action((input: ReplayInput) =>
      besideProgram(async (beside) => {
        process.exitCode = await runReplay({ ...beside, signal: interruptSignal() }, input)
      }),
    )
}

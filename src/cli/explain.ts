import { Command } from 'commander'
import { besideProgram } from './beside-program.ts'
import { type ExplainInput, runExplain } from './explain-run.ts'

const EXAMPLES = `
Exit code: 0 the order is known, 1 nobody has heard of it, or an option is wrong.

Examples:
  streakline explain 5001
  streakline explain '#1004'
  streakline explain 1004 --connector 0199… --json`

/** `streakline explain`: why an order counted, or not. Changes nothing; web and workers go on. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('Say of an order how it stands on each streak, and why: by its id, else by its name.')
    .argument('<order>', 'the id of the order, or its name with or without the #')
    .option('--connector <id>', 'only orders that this connector was told of')
    .option('--account <id>', 'in this account; needed where there are several')
    .option('--json', 'print what the API answers')
    .addHelpText('after', EXAMPLES)
    .action((order: string, input: ExplainInput) =>
      besideProgram(async (beside) => {
        process.exitCode = await runExplain(beside, order, input)
      }),
    )
}

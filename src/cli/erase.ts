import { Command } from 'commander'
import { createLogger, openInstallation } from '../compose.ts'
import { readConfig } from '../config.ts'
import { type EraseInput, runErase } from './erase-run.ts'
import { progressLine } from './progress.ts'

const print = (line: string): void => void process.stdout.write(`${line}\n`)

const EXPLANATION = `
It cannot be undone. It may run beside the program, and after Ctrl-C or a failure run it again: it goes on.

Exit codes:
  0  nothing is left
  1  members who are known by another name have the address and were left, or something is wrong: stderr says what

Examples:
  streakline erase --email someone@example.com --dry-run
  streakline erase --email someone@example.com
  streakline erase --member shopify:7001 --account 0199…`

/** `streakline erase`: erases a member, or whom an address names. Web and workers go on. */
export function eraseCommand(): Command {
  return new Command('erase')
    .description('Erase a member, or whoever an address names, also where nobody ever became a member.')
    .option('--email <address>', 'the member whose name the address is, and all that was delivered under it')
    .option('--member <id>', 'this member, by its id or externalId')
    .option('--account <id>', 'in this account; needed where there are several')
    .option('--dry-run', 'say how much would go, and change nothing')
    .addHelpText('after', EXPLANATION)
    .action(async (input: EraseInput) => {
      const config = readConfig(process.env)
      const logger = createLogger({ ...config, logLevel: 'warn' })
      // guarded commits need no claim on the folder, so a running server need not stop
      const installation = await openInstallation(config, logger, { claim: false })
      const progress = progressLine(process.stderr)
      try {
        process.exitCode = await runErase({ installation, progress, print }, input)
      } finally {
        progress.end()
        await installation.close()
      }
    })
}

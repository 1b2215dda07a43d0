import { Command } from 'commander'
import { accountsCommand, initCommand } from './cli/accounts.ts'
import { backfillCommand, reconcileCommand } from './cli/backfill.ts'
import { connectorsCommand } from './cli/connectors.ts'
import { doublesCommand } from './cli/doubles.ts'
import { eraseCommand } from './cli/erase.ts'
import { explainCommand } from './cli/explain.ts'
import { describeFault } from './cli/faults.ts'
import { migrateCommand } from './cli/migrate.ts'
import { endWithItsReader } from './cli/output.ts'
import { rebuildCommand } from './cli/rebuild.ts'
import { replayCommand } from './cli/replay.ts'
import { resealCommand } from './cli/reseal.ts'
import { runCommand } from './cli/run.ts'
import { usersCommand } from './cli/users.ts'
import { zonesCommand } from './cli/zones.ts'
import { demoCommand } from './demo/command.ts'

const program = new Command('streakline')
  .description('Turns purchases into streaks and streaks into coupons.')
  .version('0.1.0')
  .showHelpAfterError('Run with --help to see what there is.')
  // the demo ends what it started itself
  .hook('preAction', (_program, command) => {
    if (command.name() !== 'demo') endWithItsReader()
  })

program.addCommand(initCommand())
program.addCommand(accountsCommand())
program.addCommand(usersCommand())
program.addCommand(connectorsCommand())
program.addCommand(migrateCommand())
program.addCommand(rebuildCommand())
program.addCommand(replayCommand())
program.addCommand(explainCommand())
program.addCommand(backfillCommand())
program.addCommand(reconcileCommand())
program.addCommand(eraseCommand())
program.addCommand(zonesCommand())
program.addCommand(resealCommand())
program.addCommand(
  runCommand('start', ['web', 'worker'], 'Run the API, the webhooks and the workers in one process.'),
)
program.addCommand(runCommand('web', ['web'], 'Run the API and the webhooks only; run workers beside it.'))
program.addCommand(runCommand('worker', ['worker'], 'Run the workers only.'))
program.addCommand(demoCommand())
program.addCommand(doublesCommand())

try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(`${describeFault(error)}\n`)
  process.exitCode = 1
}

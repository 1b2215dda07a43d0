import { Command } from 'commander'
import type { Installation } from '../compose.ts'
import { AppError } from '../errors.ts'
import type { Row } from '../ports/schema.ts'
import { readInstant } from '../read/values.ts'
import { readId } from './account-option.ts'
import { followBackfill } from './backfill-run.ts'
import { besideProgram, interruptSignal } from './beside-program.ts'
import { INTERRUPTED } from './replay-run.ts'

interface BackfillInput {
  readonly since: string
  readonly until?: string
  readonly dryRun?: boolean
  readonly rewards?: boolean
}

const EXIT_CODES = `
Exit code: 0 done, 1 it failed or some orders could not be counted, ${INTERRUPTED} stopped by Ctrl-C.`

/** `streakline backfill`: reads past orders of a connector. Web and workers go on. */
export function backfillCommand(): Command {
  return new Command('backfill')
    .description(
      'Read past orders of an installed connector from its platform, and count those that no webhook brought. Quiet unless --rewards. Ctrl-C cancels it; what counted stays.',
    )
    .argument('<connectorId>', 'the connector')
    .requiredOption('--since <time>', 'orders made at this time or later: 2026-10-01T00:00:00Z')
    .option('--until <time>', 'orders made before this time (default: now)')
    .option('--dry-run', 'say what would become of them, and store nothing else')
    .option('--rewards', 'grant rewards for them')
    .addHelpText(
      'after',
      `${EXIT_CODES}

Examples:
  streakline backfill 0199… --since 2026-10-01T00:00:00Z --dry-run
  streakline backfill 0199… --since 2026-10-01T00:00:00Z`,
    )
    .action((connectorId: string, input: BackfillInput) =>
      run(connectorId, ({ backfills }, accountId, id) =>
        backfills.begin(accountId, id, {
          since: readTime('--since', input.since),
          until: input.until === undefined ? undefined : readTime('--until', input.until),
          dryRun: input.dryRun === true,
          rewards: input.rewards === true,
        }),
      ),
    )
}

/** `streakline reconcile`: takes in at once what each night does. */
export function reconcileCommand(): Command {
  return new Command('reconcile')
    .description(
      'Read what changed at the platform of an installed connector since the last time, and take in what webhooks never delivered. The program does it each night by itself.',
    )
    .argument('<connectorId>', 'the connector')
    .addHelpText('after', EXIT_CODES)
    .action((connectorId: string) =>
      run(connectorId, async ({ backfills }, accountId, id) => {
        const begun = await backfills.reconcile(accountId, id)
        if (begun !== null) return begun
        const message =
          'nothing was begun: the connector is not installed or not live, or a reconcile of it runs already'
        throw new AppError('CONFLICT', message)
      }),
    )
}

type Begin = (installation: Installation, accountId: string, connectorId: string) => Promise<Row<'backfill'>>

async function run(connectorId: string, begin: Begin): Promise<void> {
  const id = readId('<connectorId>', connectorId)
  await besideProgram(async (beside) => {
    const { installation } = beside
    const [connector] = await installation.store.findByKeys('connector', ['id'], [[id]])
    if (connector === undefined) throw new AppError('NOT_FOUND', `there is no connector ${id}`)
    const signal = interruptSignal()
    const begun = await begin(installation, connector.accountId, id)
    process.exitCode = await followBackfill({ ...beside, signal }, begun)
  })
}

function readTime(option: string, text: string): number {
  const time = readInstant(text)
  if (time.ok) return time.value
  throw new AppError('INVALID_INPUT', `${option} ${JSON.stringify(text)} ${time.message}`)
}

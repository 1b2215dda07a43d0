import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { Command } from 'commander'
import { deleteAccount, type RowCounts } from '../accounts/delete-account.ts'
import type { Installation } from '../compose.ts'
import { AppError } from '../errors.ts'
import { equal } from '../ports/conditions.ts'
import { eachRow } from '../ports/paging.ts'
import type { Row } from '../ports/schema.ts'
import { readInstallations } from '../setup/installation.ts'
import { accountToDelete } from './account-option.ts'
import { besideProgram } from './beside-program.ts'
import type { ProgressLine } from './progress.ts'

/** Longer than a webhook, or a request, that had begun may take to be stored. */
const SETTLE_MS = 5_000

const MORE = `
It cannot be undone: export the account first. Its connectors are uninstalled at their platforms, then its keys, users,
connectors, members, ledger and all else go, in small steps; the program may run meanwhile, and takes nothing for it any
more. After Ctrl-C, a kill or a failure run it again: it goes on. Coupons that shoppers have go on being good where they
were made. docs/operations.md says what backups and MongoDB's own files still have.

Exit codes:
  0  nothing of it is left, or --dry-run
  1  it was not confirmed, a platform could not be reached, or something is wrong: stderr says what

Examples:
  streakline accounts delete 0199… --dry-run
  streakline accounts delete 0199…
  streakline accounts delete "old shop" --yes`

/** What was typed after `streakline accounts delete`. */
export interface DeleteInput {
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly leavePlatforms?: boolean
}

/** `streakline accounts delete`: removes an account and all that is kept of it. Web and workers go on. */
export function deleteCommand(): Command {
  return new Command('delete')
    .argument('<account>', 'its id, or its name where no other has it')
    .description('Delete an account and everything that is kept of it.')
    .option('--dry-run', 'count what would go, and change nothing')
    .option('--yes', 'do not ask for the name of the account')
    .option('--leave-platforms', 'go on where a platform cannot be reached: what was made there stays')
    .addHelpText('after', MORE)
    .action((account: string, input: DeleteInput) =>
      besideProgram((beside) =>
        runDelete({ ...beside, ask: askedAt(process.stdin), settle: () => wait(SETTLE_MS) }, account, input),
      ),
    )
}

export interface DeleteRun {
  readonly installation: Pick<Installation, 'store' | 'installations'>
  readonly progress: ProgressLine
  readonly print: (line: string) => void
  /** What somebody answers to a question; null: nobody is there to be asked. */
  readonly ask: ((question: string) => Promise<string>) | null
  /** Resolves once what was under way when the account went has been stored, or given up. */
  readonly settle: () => Promise<void>
}

function askedAt(input: NodeJS.ReadStream): DeleteRun['ask'] {
  if (!input.isTTY) return null
  return (question) =>
    new Promise((resolve) => {
      const terminal = createInterface({ input, output: process.stderr })
      terminal.once('close', () => resolve(''))
      terminal.question(question, (answer) => {
        resolve(answer)
        terminal.close()
      })
    })
}

/** @throws AppError NOT_FOUND | INVALID_INPUT | PLATFORM_UNAVAILABLE, and what a store throws */
export async function runDelete(
  { installation, progress, print, ask, settle }: DeleteRun,
  name: string,
  { dryRun = false, yes = false, leavePlatforms = false }: DeleteInput,
): Promise<void> {
  const { store } = installation
  const { id, account } = await accountToDelete(store, name)
  const counts = await deleteAccount(store, id, { dryRun: true })
  if (sumOf(counts) === 0) throw new AppError('NOT_FOUND', `there is no account ${id}`)
  if (dryRun) return show(print, counts, 'would be deleted')
  if (!yes && account !== null) await confirm(account, ask)
  for await (const connector of eachRow(store, 'connector', equal({ accountId: id }))) {
    await leave(installation, connector, leavePlatforms, print)
  }
  const total = sumOf(counts)
  const onProgress = (done: number) => progress.show(Math.min(done, total), total, 'records')
  const deleted = await deleteAccount(store, id, { onProgress })
  progress.end()
  await settle()
  show(print, added(deleted, await deleteAccount(store, id)), 'deleted')
}

function added(one: RowCounts, other: RowCounts): RowCounts {
  const names = Object.keys({ ...one, ...other }) as (keyof RowCounts)[]
  return Object.fromEntries(names.map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]))
}

const sumOf = (counts: RowCounts): number => Object.values(counts).reduce((sum, count) => sum + count, 0)

function show(print: DeleteRun['print'], counts: RowCounts, what: string): void {
  print(`${what}: ${sumOf(counts)} records`)
  for (const [collection, count] of Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1))) {
    print(`  ${collection === 'member' ? 'account_user' : collection}  ${count}`)
  }
}

/** @throws AppError INVALID_INPUT */
async function confirm({ name, id }: Row<'account'>, ask: DeleteRun['ask']): Promise<void> {
  if (ask === null) {
    throw new AppError('INVALID_INPUT', `deleting account ${id} cannot be undone: say --yes`)
  }
  const answer = await ask(`This deletes account ${id} for ever. Type its name to go on: `)
  if (answer.trim() !== name.trim()) {
    throw new AppError('INVALID_INPUT', 'that is not its name: nothing was changed')
  }
}

/**
 * Takes a connector from its platform, and says what stays there.
 * @throws AppError as `uninstall` does, unless what is there may be left
 */
async function leave(
  { store, installations }: DeleteRun['installation'],
  connector: Row<'connector'>,
  leavePlatforms: boolean,
  print: DeleteRun['print'],
): Promise<void> {
  const { accountId, id, name, platform } = connector
  const { method, state, problem } = (await readInstallations(store, [connector])).get(id)!
  const says = (what: string) => print(`connector ${id} ${JSON.stringify(name)} at ${platform}: ${what}`)
  if (state === 'none' || state === 'uninstalled') return
  if (method === 'manual') return says('its webhooks were made by hand; remove them there')
  try {
    await installations.installing.uninstall(accountId, id)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (leavePlatforms) return says(`could not be uninstalled, what was made there stays: ${error.message}`)
    throw new AppError(
      error.code,
      `connector ${id} could not be uninstalled at ${platform} (${error.message}): nothing was deleted. Run it again, or with --leave-platforms to leave there what we made`,
    )
  }
  if (problem?.code === 'TOKEN_REFUSED') return says('it refuses our access: what was made there stays')
  says(state === 'pending' ? 'it was not installed yet' : 'uninstalled')
}

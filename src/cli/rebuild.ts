import { Command, Option } from 'commander'
import { atLeast } from '../ports/conditions.ts'
import { type RebuildReport, rebuild } from '../rebuild/rebuild.ts'
import { besideProgram } from './beside-program.ts'
import { runRezone } from './rezone.ts'

const print = (line: string): void => void process.stdout.write(`${line}\n`)

interface Flags {
  readonly repair?: boolean
  readonly rezone?: string
  readonly dryRun?: boolean
}

/** `streakline rebuild --check | --repair | --rezone`: derives from the ledger again. Web and workers may go on. */
export function rebuildCommand(): Command {
  return new Command('rebuild')
    .description(
      'Derive progress, runs and counts from the ledger again and compare. Recording may go on meanwhile.',
    )
    .addOption(
      new Option('--check', 'only look (the default); exit code 1 when something differs').conflicts(
        'repair',
      ),
    )
    .addOption(new Option('--repair', 'write what differs; mints no coupon, tells nobody'))
    .addOption(
      new Option(
        '--rezone <streak>',
        'move the logs of this streak to the periods that the time zone data of now puts them in; grants and revokes nothing',
      ).conflicts(['check', 'repair']),
    )
    .option('--dry-run', 'with --rezone: say what would move, and change nothing')
    .action(async ({ repair = false, rezone, dryRun = false }: Flags, command: Command) => {
      if (dryRun && rezone === undefined) command.error('error: --dry-run belongs to --rezone <streak>')
      await besideProgram(async ({ installation, progress }) => {
        const { store, clock, newId } = installation
        if (rezone !== undefined) {
          const input = { streakId: rezone.toLowerCase(), dryRun }
          process.exitCode = await runRezone(installation, input, progress, print)
          return
        }
        const total = await store.count('member_streak', atLeast('version', 0), 10_000_000)
        const onProgress = (done: number) => progress.show(done, total, 'members on streaks')
        const report = await rebuild({ store, clock, newId }, { repair, onProgress })
        progress.end()
        show(report, repair)
        if (isAmiss(report, repair)) process.exitCode = 1
      })
    })
}

/** A check fails on any difference; a repair only on what it could not write. */
function isAmiss({ differing, unrepairable, busy }: RebuildReport, repair: boolean): boolean {
  return busy > 0 || (repair ? unrepairable : differing) > 0
}

function show(report: RebuildReport, repair: boolean): void {
  const { journeys, logs, differing, differences, repaired, busy, placedElsewhere, elsewhere } = report
  for (const { what, ownedById, streakId, detail } of differences) {
    print(`${what}  member ${ownedById}  streak ${streakId}  ${detail}`)
  }
  if (differing > differences.length) print(`… and ${differing - differences.length} more`)
  if (placedElsewhere > 0) {
    print(
      `${placedElsewhere} logs would lie in another period by today's time zone data; they stay where they are:`,
    )
    for (const { streakLogId, periodKey, today } of elsewhere)
      print(`  ${streakLogId}  ${periodKey}, today ${today}`)
  }
  if (busy > 0) print(`${busy} were written to all the time and could not be looked at; run it again.`)
  const mended = repair ? `, ${repaired} repaired` : ''
  print(`${journeys} members on streaks, ${logs} logs: ${differing} differences${mended}.`)
}

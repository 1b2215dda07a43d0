import type { Installation } from '../compose.ts'
import { AppError } from '../errors.ts'
import { notedZoneData } from '../ports/zone-note.ts'
import { type RezoneReport, rezone } from '../rebuild/rezone.ts'
import type { ProgressLine } from './progress.ts'

export interface RezoneInput {
  readonly streakId: string
  readonly dryRun: boolean
}

/**
 * `streakline rebuild --rezone <streak>`. Answers the exit code: 1 when some members could not be looked at.
 * @throws AppError CONFLICT when the program goes by other zone data than this process
 */
export async function runRezone(
  { store, clock, newId, zoneData: { version } }: Installation,
  { streakId, dryRun }: RezoneInput,
  progress: ProgressLine,
  print: (line: string) => void,
): Promise<number> {
  const noted = await notedZoneData(store)
  if (!dryRun && noted !== version) {
    throw new AppError(
      'CONFLICT',
      `The store goes by time zone data ${noted ?? 'of before it was noted'}, this command by ${version}: start the program with ${version} first, or look with --dry-run.`,
    )
  }
  const onProgress = (done: number, total: number) => progress.show(done, total, 'members on the streak')
  const report = await rezone({ store, clock, newId }, { streakId, dryRun, onProgress })
  progress.end()
  show(report, { version, dryRun }, print)
  return report.busy > 0 ? 1 : 0
}

function show(
  report: RezoneReport,
  { version, dryRun }: { readonly version: string; readonly dryRun: boolean },
  print: (line: string) => void,
): void {
  const { journeys, logs, changed, movedLogs, movedRewards, withoutGround, busy, moved } = report
  for (const { streakLogId, from, to } of moved) print(`${streakLogId}  ${from}, by ${version} ${to}`)
  if (movedLogs > moved.length) print(`… and ${movedLogs - moved.length} more`)
  if (withoutGround > 0) {
    print(`${withoutGround} rewards lose the ground that they were granted on; they stay.`)
  }
  if (busy > 0) print(`${busy} were written to all the time and could not be looked at; run it again.`)
  const would = dryRun ? 'would move' : 'moved'
  print(
    `${journeys} members on the streak, ${logs} logs: ${would} ${movedLogs} logs and ${movedRewards} rewards of ${changed} members.`,
  )
}

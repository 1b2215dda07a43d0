import { Command } from 'commander'
import { createLogger, openInstallation } from '../compose.ts'
import { notedZoneData } from '../ports/zone-note.ts'
import { reportZones, type StreakZone } from '../rebuild/zone-report.ts'
import { progressLine } from './progress.ts'
import { readSettings } from './settings.ts'

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** `streakline zones`: what the zone data of this command changes for the streaks that there are. Writes nothing. */
export function zonesCommand(): Command {
  return new Command('zones')
    .description(
      'Say by which time zone data days begin, and which streaks have logs in other periods than it puts them in.',
    )
    .addHelpText(
      'after',
      '\nWith STREAKLINE_ZONEINFO=<folder> it says what that folder would change, before the program uses it.',
    )
    .action(async () => {
      const config = readSettings()
      const logger = createLogger({ ...config, logLevel: 'warn' })
      const installation = await openInstallation(config, logger, { claim: false })
      const { store, zoneData, ownZoneData, close } = installation
      const progress = progressLine(process.stderr)
      try {
        const noted = await notedZoneData(store)
        const total = await store.count('streak_log', { field: 'id', op: 'gt', value: '' }, 10_000_000)
        const compared = ownZoneData.version === zoneData.version ? null : ownZoneData
        const onProgress = (done: number) => progress.show(done, total, 'logs')
        const { streaks, logs } = await reportZones(store, compared, onProgress)
        progress.end()
        const from = config.zoneInfo === null ? 'of this program' : `of ${config.zoneInfo}`
        print(
          `Time zone data ${zoneData.version}, ${from}; the store goes by ${noted ?? 'none that was noted'}.`,
        )
        for (const streak of streaks) for (const line of linesOf(streak, compared?.version ?? '')) print(line)
        const elsewhere = streaks.reduce((sum, streak) => sum + streak.elsewhere, 0)
        print(`${logs} logs: ${elsewhere} lie in another period than ${zoneData.version} puts them in.`)
      } finally {
        progress.end()
        await close()
      }
    })
}

const iso = (at: number): string => new Date(at).toISOString()

function* linesOf(streak: StreakZone, compared: string): Generator<string> {
  const { streakId, name, timezone, logs, elsewhere, elsewhereSince, clocksDifferSince } = streak
  yield `${streakId}  ${timezone}  ${JSON.stringify(name)}`
  if (clocksDifferSince !== null) {
    yield `  its clocks differ from those of ${compared} from ${iso(clocksDifferSince)} on`
  }
  if (elsewhereSince === null) return
  yield `  ${elsewhere} of ${logs} logs lie in another period, the earliest of ${iso(elsewhereSince)}`
  yield `  to move them: streakline rebuild --rezone ${streakId}`
}

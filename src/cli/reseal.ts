import { Command } from 'commander'
import { createLogger, openInstallation } from '../compose.ts'
import { readConfig } from '../config.ts'
import { type ResealReport, reseal } from '../crypto/reseal.ts'
import { progressLine } from './progress.ts'

const print = (line: string): void => void process.stdout.write(`${line}\n`)

const MORE = `
Stop it whenever you like and run it again: it goes on with what is left. Processes that still have another key in
front go on sealing with that one, so put the new key in front of all of them first.
Exit code: 0 done, 1 something cannot be read, or could not be done.`

interface Options {
  readonly dryRun?: boolean
  readonly giveUpLost?: boolean
}

/** `streakline reseal`: writes every secret anew under the first encryption key. Web and workers go on. */
export function resealCommand(): Command {
  return new Command('reseal')
    .description(
      'Write every stored secret anew under the first encryption key, bound to its row. The program may run meanwhile.',
    )
    .option('--dry-run', 'count, and change nothing')
    .option('--give-up-lost', 'go on with the keys given, though some that sealed secrets are lost for ever')
    .addHelpText('after', MORE)
    .action(async ({ dryRun = false, giveUpLost = false }: Options) => {
      const config = readConfig(process.env)
      const logger = createLogger({ ...config, logLevel: 'warn' })
      // guarded commits need no claim on the folder, so a running server need not stop
      const installation = await openInstallation(config, logger, { claim: false, anyKey: giveUpLost })
      const progress = progressLine(process.stderr)
      try {
        const onProgress = (done: number) => progress.show(done, done, 'secrets')
        const report = await reseal(installation, { dryRun, giveUpLost, onProgress })
        progress.end()
        show(report, dryRun)
        if (report.lost > 0) process.exitCode = 1
      } finally {
        progress.end()
        await installation.close()
      }
    })
}

function show({ secrets, current, resealed, lost, lostOnes }: ResealReport, dryRun: boolean): void {
  for (const { collection, id, field, why } of lostOnes) print(`${collection} ${id} ${field}: ${why}`)
  if (lost > lostOnes.length) print(`… and ${lost - lostOnes.length} more`)
  const verb = dryRun ? 'would be' : resealed === 1 ? 'was' : 'were'
  const unread = lost === 0 ? '' : `, ${lost} cannot be read`
  print(
    `${secrets} secrets: ${resealed} ${verb} written anew, ${current} ${current === 1 ? 'is' : 'are'} so already${unread}.`,
  )
  if (lost > 0 || dryRun) return
  print(
    'Only the first encryption key is needed now: the others can be taken out of STREAKLINE_ENCRYPTION_KEY.',
  )
}

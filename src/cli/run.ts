import { Command } from 'commander'
import { type App, createLogger, type Role, startApp } from '../compose.ts'
import { type Config, readConfig, unknownSettings } from '../config.ts'
import { AppError } from '../errors.ts'
import type { Logger } from '../ports/logger.ts'
import { guardProgram } from './last-resort.ts'
import { READER_HAS_GONE } from './output.ts'
import { onStopSignal } from './signals.ts'
import { welcome } from './welcome.ts'

/** `streakline start | web | worker`: runs until told to stop. */
export function runCommand(name: string, roles: readonly Role[], description: string): Command {
  return new Command(name)
    .description(description)
    .addHelpText('after', '\nSettings come from the environment; docs/operations.md lists them.')
    .action(async () => {
      const config = readConfig(process.env)
      if (roles.length === 1 && config.store.kind === 'sqlite') {
        throw new AppError(
          'CONFLICT',
          `SQLite belongs to one process: run "streakline start", or set MONGODB_URI to run "streakline ${name}" apart`,
        )
      }
      await run(config, roles)
    })
}

/** Starts, and ends in order as soon as it is told to, also when that is before it has started. */
async function run(config: Config, roles: readonly Role[]): Promise<void> {
  let app: App | undefined
  let isStopping = false
  const finish = (running: App) => running.close().then(() => logger.info({}, 'stopped'))
  const stop = (): void => {
    isStopping = true
    // whatever holds on longer than everything's deadline together is given up
    setTimeout(() => process.exit(1), 3 * config.shutdownMs).unref()
    if (app !== undefined) void finish(app)
  }
  const logger: Logger = createLogger(config, () => {
    if (isStopping) return
    process.stderr.write(`${READER_HAS_GONE}\n`)
    process.exitCode = 1
    stop()
  })
  onStopSignal(['SIGTERM', 'SIGINT'], (signal) => {
    logger.info({ signal }, 'stopping')
    if (!isStopping) stop()
  })
  guardProgram({
    logger,
    process,
    end: () => {
      process.exitCode = 1
      if (!isStopping) stop()
    },
  })
  for (const sentence of unknownSettings(process.env)) logger.warn({}, sentence)
  app = await startApp(config, roles, logger)
  if (isStopping) await finish(app)
  // a hint is not worth a failure, as of a store that is closed meanwhile
  else process.stderr.write((await welcome(app, config).catch(() => null)) ?? '')
}

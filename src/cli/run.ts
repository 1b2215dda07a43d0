import { Command } from 'commander'
import { createLogger, type Role, startApp } from '../compose.ts'
import { readConfig } from '../config.ts'
import { AppError } from '../errors.ts'

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
      const logger = createLogger(config)
      const app = await startApp(config, roles, logger)
      const stop = (signal: NodeJS.Signals): void => {
        logger.info({ signal }, 'stopping')
        // whatever holds on longer than everything's deadline together is given up
        setTimeout(() => process.exit(1), 3 * config.shutdownMs).unref()
        void app.close().then(() => logger.info({}, 'stopped'))
      }
      process.once('SIGTERM', stop)
      process.once('SIGINT', stop)
    })
}

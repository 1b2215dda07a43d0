import { createLogger, type Installation, openInstallation } from '../compose.ts'
import { AppError } from '../errors.ts'
import type { Read } from '../read/values.ts'
import type { Act } from '../users/audit.ts'
import { readSettings } from './settings.ts'

export const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** Claimed: nobody else has the installation. Visiting: the program may run, and two visitors at once see each other's commits alone. */
export type Access = 'claimed' | 'visiting'

/** Opens the installation for a command and closes it after. @throws AppError, ConfigError */
export async function withInstallation<T>(
  access: Access,
  use: (installation: Installation) => Promise<T>,
): Promise<T> {
  const config = readSettings()
  const logger = createLogger({ ...config, logLevel: 'warn' })
  const installation = await openInstallation(config, logger, { claim: access === 'claimed' })
  try {
    return await use(installation)
  } finally {
    await installation.close()
  }
}

/** What the API says of a field. @throws AppError INVALID_INPUT */
export function checked<T>(what: string, read: Read<T>): T {
  if (read.ok) return read.value
  throw new AppError('INVALID_INPUT', `${what} ${read.message}`)
}

/** What the log of changes says of a command. */
export function actOfCommand(
  accountId: string,
  command: string,
  what: Pick<Act, 'action' | 'slug' | 'recordId'>,
): Act {
  return {
    actor: { kind: 'cli', id: null, name: `streakline ${command}`, address: null },
    accountId,
    ...what,
  }
}

import { createLogger, type Installation, openInstallation } from '../compose.ts'
import { type ProgressLine, progressLine } from './progress.ts'
import { readSettings } from './settings.ts'
import { onStopSignal } from './signals.ts'

/** What a command works with while the program runs beside it. */
export interface Beside {
  readonly installation: Installation
  readonly progress: ProgressLine
  print(line: string): void
}

/** Opens the installation, lets a command work, and closes it again, however that ends. */
export async function besideProgram(work: (beside: Beside) => Promise<void>): Promise<void> {
  const config = readSettings()
  const logger = createLogger({ ...config, logLevel: 'warn' })
  // guarded commits need no claim on the folder, so a running server need not stop
  const installation = await openInstallation(config, logger, { claim: false })
  const progress = progressLine(process.stderr)
  try {
    await work({ installation, progress, print: (line) => void process.stdout.write(`${line}\n`) })
  } finally {
    progress.end()
    await installation.close()
  }
}

/** Aborted by the first Ctrl-C; another one, later, ends the process as ever. */
export function interruptSignal(): AbortSignal {
  const interrupt = new AbortController()
  onStopSignal(['SIGINT'], () => interrupt.abort())
  return interrupt.signal
}

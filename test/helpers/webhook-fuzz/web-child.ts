/**
 * The program in a process of its own, which says what its memory holds and what went wrong in it unseen:
 *
 *   node --expose-gc web-child.ts <json of Config>
 *
 * Answers each message `{ do: 'look' }` with a `Look`; ends on `{ do: 'stop' }`.
 */
import { startApp } from '../../../src/compose.ts'
import type { Logger } from '../../../src/ports/logger.ts'

export interface Look {
  readonly port: number
  /** After a garbage collection. */
  readonly heapBytes: number
  readonly rejections: readonly string[]
  readonly errorLines: readonly string[]
}

const rejections: string[] = []
const errorLines: string[] = []
process.on('unhandledRejection', (reason) => {
  rejections.push(reason instanceof Error ? (reason.stack ?? reason.message) : String(reason))
})

const nothing = (): void => {}
const logger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: (fields, message) => void errorLines.push(`${message} ${JSON.stringify(fields)}`),
  child: () => logger,
}

const app = await startApp(JSON.parse(process.argv[2] ?? ''), ['web'], logger)

function look(): Look {
  globalThis.gc?.()
  const port = app.http?.port ?? 0
  return { port, heapBytes: process.memoryUsage().heapUsed, rejections, errorLines }
}

process.on('message', (message: { readonly do: 'look' | 'stop' }) => {
  if (message.do === 'look') process.send?.(look())
  else void app.close().then(() => process.disconnect())
})
// whoever asked is gone, however that came about
process.on('disconnect', () => process.exit())
process.send?.(look())

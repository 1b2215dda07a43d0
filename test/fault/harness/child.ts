/** A process under test: the whole program, with fail points at which it kills itself. */
import { flushCompileCache } from 'node:module'
import type { DatabaseSync } from 'node:sqlite'
import { type App, startApp } from '../../../src/compose.ts'
import { readConfig } from '../../../src/config.ts'
import type { FailStep } from '../../../src/ports/fail-points.ts'
import type { Answer, Armed, Command } from './child-protocol.ts'

/** SQLite's own limit: https://sqlite.org/limits.html */
const NO_LIMIT_PAGES = 4_294_967_294
/** Nobody waits for what comes before the queue, so that the answer is out by then. */
const ANSWERED_WITHIN_MS = 150

let app: App | undefined
let database: DatabaseSync | undefined
let armed: Armed | null = null
const reached: Partial<Record<FailStep, number>> = {}

const die = () => process.kill(process.pid, 'SIGKILL')

function reach(step: FailStep): void | Promise<void> {
  reached[step] = (reached[step] ?? 0) + 1
  if (armed?.step !== step) return
  armed = armed.nth > 1 ? { step, nth: armed.nth - 1 } : null
  if (armed !== null) return
  if (step === 'inbox_before_enqueue') setTimeout(die, ANSWERED_WITHIN_MS)
  else die()
  return new Promise(() => {})
}

function limitDisk(full: boolean): void {
  if (database === undefined) throw new Error('there is no SQLite store here')
  const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number }
  database.exec(`PRAGMA max_page_count = ${full ? pages : NO_LIMIT_PAGES}`)
}

async function obey(command: Command): Promise<Exclude<Answer, { said: 'failed' }>> {
  switch (command.do) {
    case 'start':
      armed = command.armed
      app = await startApp(readConfig(command.env), command.roles, undefined, {
        failPoints: { reach },
        onSqliteOpen: (db) => {
          database = db
        },
      })
      // Node itself does that as it ends, which hardly any of these lives to see
      flushCompileCache()
      return { said: 'started' }
    case 'arm':
      armed = command.armed
      return { said: 'done' }
    case 'limit_disk':
      limitDisk(command.full)
      return { said: 'done' }
    case 'count':
      return { said: 'counted', reached }
    case 'stop':
      await app?.close()
      process.disconnect()
      return { said: 'done' }
  }
}

process.on('message', (command: Command) => {
  const answer = (message: Answer) => void (process.connected && process.send!(message))
  obey(command).then(answer, (error: unknown) => {
    answer({ said: 'failed', message: error instanceof Error ? error.message : String(error) })
    // as the program itself does; whoever supervises it starts it again
    if (command.do === 'start') process.exitCode = 1
    if (command.do === 'start') process.disconnect()
  })
})

// whoever started it is gone, however that came about
process.on('disconnect', () => process.exit())

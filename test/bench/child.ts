/** A process under test: starts and stops what the bench tells it to, and says what it used. */
import { startApp } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { startExpressBaseline } from './baseline-express.ts'
import { startNaiveWorker } from './baseline-naive.ts'
import { startNoopWorker } from './baseline-noop.ts'
import { startPosterBaseline } from './baseline-poster.ts'
import type { Answer, Command, Running, Subject } from './child-protocol.ts'

let running: Running | undefined

function start(subject: Subject): Promise<Running> {
  switch (subject.kind) {
    case 'product':
      return startProduct(subject)
    case 'express':
      return startExpressBaseline(subject)
    case 'poster':
      return startPosterBaseline(subject)
    case 'noop':
      return startNoopWorker(subject)
    case 'naive':
      return startNaiveWorker(subject)
  }
}

async function startProduct({ env, roles }: Extract<Subject, { kind: 'product' }>): Promise<Running> {
  const app = await startApp(readConfig(env), roles)
  return { port: app.http?.port ?? null, close: () => app.close() }
}

async function obey(command: Command): Promise<Extract<Answer, { ok: true }>['value']> {
  switch (command.do) {
    case 'start':
      running = await start(command.subject)
      return running.port
    case 'stop':
      await running?.close()
      running = undefined
      return null
    case 'usage': {
      const { user, system } = process.cpuUsage()
      return { cpuMs: (user + system) / 1000, peakRssBytes: process.resourceUsage().maxRSS * 1024 }
    }
    case 'exit':
      process.disconnect()
      return null
  }
}

process.on('message', (command: Command) => {
  const answer = (message: Answer) => void (process.connected && process.send!(message))
  obey(command).then(
    (value) => answer({ ok: true, value }),
    (error: unknown) =>
      answer({ ok: false, message: error instanceof Error ? error.message : String(error) }),
  )
})

// whoever asked is gone, however that came about
process.on('disconnect', () => process.exit())

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Answer, Command, Subject, Usage } from './child-protocol.ts'
import type { ChildOptions } from './options.ts'

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url))

/** Those that `npm start` runs with. */
const NODE_FLAGS = nodeFlags()

/** @throws Error when there are none, so that nothing is measured without them unnoticed */
function nodeFlags(): string[] {
  const script = readFileSync(new URL('../../scripts/streakline.sh', import.meta.url), 'utf8')
  const flags = /^exec node((?: --\S+)+) src\/streakline\.js/m.exec(script)?.[1]?.trim().split(' ')
  if (flags === undefined) throw new Error('scripts/streakline.sh no longer says what Node is started with')
  return flags
}

export interface Child {
  /** Where it answers HTTP; null when it does not. */
  start(subject: Subject): Promise<number | null>
  stop(): Promise<void>
  usage(): Promise<Usage>
  /** Ends the process. */
  exit(): Promise<void>
}

/** As the program's own commands do; see streakline.js. */
const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/streakline', import.meta.url))

/** A process for something under test, with the same flags for all. */
export function spawnChild({ profileDir, logFile }: ChildOptions): Child {
  const profiling = profileDir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`]
  const log = logFile === null ? 'ignore' : openSync(logFile, 'a')
  const child = fork(CHILD, {
    execArgv: [...NODE_FLAGS, ...profiling],
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
    stdio: ['ignore', log, 'inherit', 'ipc'],
  })
  if (typeof log === 'number') closeSync(log)
  const ended = once(child, 'exit')

  async function ask(command: Command): Promise<Extract<Answer, { ok: true }>['value']> {
    child.send(command)
    const gone = ended.then(([code]) => {
      throw new Error(`a process under test ended by itself (${code})`)
    })
    const [answer] = (await Promise.race([once(child, 'message'), gone])) as [Answer]
    if (!answer.ok) throw new Error(answer.message)
    return answer.value
  }

  return {
    start: async (subject) => (await ask({ do: 'start', subject })) as number | null,
    stop: async () => void (await ask({ do: 'stop' })),
    usage: async () => (await ask({ do: 'usage' })) as Usage,
    async exit() {
      if (child.connected) child.send({ do: 'exit' } satisfies Command)
      await ended
    },
  }
}

import { afterEach, describe, expect, it } from '@jest/globals'
import { AskedThread } from '../../src/threads/asked-thread.ts'

const PROGRAM = `
import { parentPort, workerData } from 'node:worker_threads'
parentPort.on('message', (question) => {
  if (question === 'slow') Atomics.wait(workerData, 0, 0)
  if (question === 'die') process.exit(1)
  if (question === 'fail') parentPort.postMessage({ failure: new RangeError('no') })
  else parentPort.postMessage({ answer: question + '!' })
})`

/** What the slow question waits for. */
const gate = new Int32Array(new SharedArrayBuffer(4))
function open(): void {
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
}

let thread: AskedThread<string, string>
function start(options: { maxWaiting?: number; maxWaitMs?: number; idleMs?: number; program?: string } = {}) {
  const { maxWaiting = 10, maxWaitMs = 60_000, idleMs = 60_000, program = PROGRAM } = options
  const file = new URL(`data:text/javascript,${encodeURIComponent(program)}`)
  thread = new AskedThread({ file, data: gate, maxWaiting, maxWaitMs, idleMs })
}
afterEach(() => thread.close())

const overloaded = expect.objectContaining({ code: 'OVERLOADED' })

describe('a thread that is asked', () => {
  it('answers in order, and goes on after what it fails at', async () => {
    start()
    const answers = await Promise.allSettled(['a', 'fail', 'b'].map((question) => thread.ask(question)))
    expect(answers).toMatchObject([
      { value: 'a!' },
      { status: 'rejected', reason: { name: 'RangeError' } },
      { value: 'b!' },
    ])
  })

  it('refuses what would wait behind too many others', async () => {
    start({ maxWaiting: 2 })
    const first = [thread.ask('a'), thread.ask('b')]
    await expect(thread.ask('c')).rejects.toEqual(overloaded)
    expect(await Promise.all(first)).toEqual(['a!', 'b!'])
    expect(await thread.ask('c')).toBe('c!')
  })

  it('refuses more while it is at what was asked too long ago', async () => {
    start({ maxWaitMs: 50 })
    expect(await thread.ask('a')).toBe('a!')
    const slow = thread.ask('slow')
    const second = thread.ask('b')
    await new Promise((resolve) => setTimeout(resolve, 60))
    await expect(thread.ask('c')).rejects.toEqual(overloaded)
    open()
    expect(await Promise.all([slow, second])).toEqual(['slow!', 'b!'])
    expect(await thread.ask('c')).toBe('c!')
  })

  it('that dies refuses what it was asked; the next question has another one', async () => {
    start()
    const lost = await Promise.allSettled([thread.ask('die'), thread.ask('a')])
    expect(lost).toEqual([
      { status: 'rejected', reason: overloaded },
      { status: 'rejected', reason: overloaded },
    ])
    expect(await thread.ask('b')).toBe('b!')
  })

  it('that cannot even start refuses what it was asked', async () => {
    start({ program: 'not a program' })
    await expect(thread.ask('a')).rejects.toEqual(overloaded)
  })

  it('ends when nobody asks, and starts again', async () => {
    start({ idleMs: 1 })
    expect(await thread.ask('a')).toBe('a!')
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(await thread.ask('b')).toBe('b!')
  })

  it('answers what it was asked before it is closed, and nothing afterwards', async () => {
    start()
    const asked = ['a', 'b', 'c'].map((question) => thread.ask(question))
    await thread.close()
    expect(await Promise.all(asked)).toEqual(['a!', 'b!', 'c!'])
    await expect(thread.ask('d')).rejects.toEqual(overloaded)
  })
})

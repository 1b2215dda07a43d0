import { EventEmitter } from 'node:events'
import { describe, expect, it } from '@jest/globals'
import { guardProgram } from '../../src/cli/last-resort.ts'
import { recordingLogger } from '../helpers/recording-logger.ts'

function guarded() {
  const logger = recordingLogger()
  const process = new EventEmitter()
  let ends = 0
  guardProgram({
    logger,
    process,
    end: () => {
      ends += 1
    },
  })
  return { logger, process, ends: () => ends }
}

const broken = (code: string) => Object.assign(new Error(`write ${code}`), { code })

describe('a failure that nobody expected', () => {
  it('of a connection is logged and counted, and ends nothing', () => {
    const { logger, process, ends } = guarded()
    const errors = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_WRITE_AFTER_END'].map(broken)
    for (const error of errors) process.emit('uncaughtException', error)
    expect(logger.lines.map(({ level, fields }) => ({ level, ...fields }))).toEqual(
      errors.map((err, at) => ({ level: 'error', kind: 'uncaughtException', count: at + 1, err })),
    )
    expect(ends()).toBe(0)
  })

  it('of a promise is logged and counted, and ends nothing', () => {
    const { logger, process, ends } = guarded()
    process.emit('unhandledRejection', 'no error at all')
    process.emit('unhandledRejection', new TypeError('forgotten'))
    expect(logger.lines).toHaveLength(2)
    expect(logger.lines[1]).toMatchObject({
      level: 'error',
      fields: { kind: 'unhandledRejection', count: 2 },
    })
    expect(ends()).toBe(0)
  })

  it('anywhere else ends the program, once, and is logged however many follow', () => {
    const { logger, process, ends } = guarded()
    for (const error of [new TypeError('half-done'), broken('ENOSPC'), new Error('again')]) {
      process.emit('uncaughtException', error)
    }
    expect(ends()).toBe(1)
    expect(logger.lines).toHaveLength(3)
    expect(logger.lines[0]?.message).toMatch(/ending$/)
  })
})

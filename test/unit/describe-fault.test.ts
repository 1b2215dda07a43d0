import { describe, expect, it } from '@jest/globals'
import { describeFault } from '../../src/cli/faults.ts'
import { AppError } from '../../src/errors.ts'

describe('what a person at the terminal is told of a fault', () => {
  it('is a sentence', () => {
    expect(describeFault(new AppError('NOT_FOUND', 'there is no connector by this id'))).toBe(
      'There is no connector by this id.',
    )
  })

  it('has the names of fields as they are written', () => {
    const details = [{ path: 'clientSecret', message: 'is required' }]
    expect(describeFault(new AppError('INVALID_INPUT', 'clientSecret is required', { details }))).toBe(
      'clientSecret is required.',
    )
  })
})

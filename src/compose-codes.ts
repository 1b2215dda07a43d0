import { createRandomPool } from './random-pool.ts'
import { drawCode, foldCode } from './rewards/code.ts'

const random = createRandomPool()

/** A coupon code and the form by which it is unique. */
export function drawFoldedCode(prefix: string): { code: string; foldedCode: string } {
  const code = drawCode(prefix, random)
  return { code, foldedCode: foldCode(code) }
}

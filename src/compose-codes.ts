import { randomBytes } from 'node:crypto'
import { drawCode, foldCode } from './rewards/code.ts'

/** A coupon code and the form by which it is unique. */
export function drawFoldedCode(prefix: string): { code: string; foldedCode: string } {
  const code = drawCode(prefix, randomBytes)
  return { code, foldedCode: foldCode(code) }
}

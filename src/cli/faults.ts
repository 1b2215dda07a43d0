import { ConfigError } from '../config.ts'
import { AppError } from '../errors.ts'

/** What to tell a person at the terminal: one sentence for what is expected to go wrong, the trace for what is not. */
export function describeFault(error: unknown): string {
  if (error instanceof ConfigError) return error.message
  if (error instanceof AppError) return sentence(error.message)
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(capital) ? capital : `${capital}.`
}

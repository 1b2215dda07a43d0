import { ConfigError } from '../config.ts'
import { AppError } from '../errors.ts'

/** What to tell a person at the terminal: one sentence for what is expected to go wrong, the trace for what is not. */
export function describeFault(error: unknown): string {
  if (error instanceof ConfigError) return error.message
  if (error instanceof AppError) return begins(error) ? ended(error.message) : sentence(error.message)
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** Whether a message begins with the name of a field, which is written as it is. */
function begins({ message, details = [] }: AppError): boolean {
  return details.some(({ path }) => path !== '' && message.startsWith(`${path} `))
}

function sentence(text: string): string {
  return ended(text.charAt(0).toUpperCase() + text.slice(1))
}

function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

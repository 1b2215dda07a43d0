export const READER_HAS_GONE =
  'Stopped: whoever read the output has gone, as "| head" does when it has seen enough.'

/**
 * Ends the process with a sentence when whoever read its output has gone. Without this Node ends it with a stack.
 * What reads the errors may go unnoticed: there is nobody left to tell.
 */
export function endWithItsReader(): void {
  process.stderr.on('error', () => {})
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.stderr.write(`${READER_HAS_GONE}\n`)
    process.exit(1)
  })
}

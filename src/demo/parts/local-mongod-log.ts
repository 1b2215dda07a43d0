import { open, stat } from 'node:fs/promises'

/** Bytes in the log; 0 when there is none yet. */
export async function logSize(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}

/** What mongod (one JSON object a line) says went wrong last, of the lines after `start` bytes. */
export async function lastFault(
  path: string,
  start: number,
): Promise<{ readonly text: string | null; readonly folderInUse: boolean }> {
  let text: string | null = null
  let folderInUse = false
  for (const line of (await readFrom(path, start)).split('\n')) {
    const entry = parsed(line)
    if (entry === null || (entry.s !== 'E' && entry.s !== 'F')) continue
    const error = entry.attr?.error
    const detail = typeof error === 'object' && error !== null && 'errmsg' in error ? error.errmsg : error
    text = detail === undefined ? entry.msg : `${entry.msg}: ${String(detail)}`
    folderInUse ||= text.includes('DBPathInUse') || text.includes('lock file')
  }
  return { text, folderInUse }
}

interface LogEntry {
  readonly s: string
  readonly msg: string
  readonly attr?: { readonly error?: unknown }
}

function parsed(line: string): LogEntry | null {
  try {
    return JSON.parse(line) as LogEntry
  } catch {
    return null
  }
}

async function readFrom(path: string, start: number): Promise<string> {
  try {
    await using file = await open(path, 'r')
    const { size } = await file.stat()
    const bytes = Buffer.alloc(Math.max(0, size - start))
    await file.read(bytes, 0, bytes.length, start)
    return bytes.toString('utf8')
  } catch {
    return ''
  }
}

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/**
 * Holds the code against the table "Rooms" of CONTRIBUTING.md: each room imports what its row allows and nothing else,
 * every room has a row, and no file written by hand is longer than 300 lines. Part of `npm run lint`; prints each fault
 * as `file: what is wrong` and exits with 1.
 */
const MAX_LINES = 300
const GENERATED = new Set(['src/client/schema.ts', 'src/http/openapi/examples/played.ts'])
/** What everybody may import: the table of errors. */
const FREE = 'errors'

interface Room {
  /** Rooms that it may import from; null = all of them. */
  readonly imports: ReadonlySet<string> | null
  /** Not even Node's own modules. */
  readonly isPure: boolean
}

/** `src/http/list/sort.ts` stands in `http`, `src/ids.ts` in `ids`, `connectors/json.ts` in `connectors`. */
function roomOf(file: string): string {
  const [top, second = ''] = file.split('/')
  if (top !== 'src') return top ?? ''
  const name = second.replace(/\.[a-z]+$/, '')
  return name.startsWith('compose') ? 'compose' : name
}

function readRooms(page: string): Map<string, Room> {
  const table = page.slice(page.indexOf('## Rooms'))
  const rows = [...table.matchAll(/^\| `([^|]+)` \| [^|]+ \| ([^|]+) \|$/gm)]
  return new Map(
    rows.flatMap(([, names = '', allowed = '']) => {
      const isPure = allowed.startsWith('nothing, not even')
      const isAlone = allowed.startsWith('nothing')
      const imports = allowed === 'all' ? null : new Set(isAlone ? [] : allowed.split(', '))
      return names.split('`, `').map((name) => [roomOf(`${name}/`), { imports, isPure }] as const)
    }),
  )
}

function faultsOf(file: string, rooms: ReadonlyMap<string, Room>): string[] {
  const source = readFileSync(file, 'utf8')
  const lines = source.split('\n').length - 1
  const own = roomOf(file)
  const room = rooms.get(own)
  const tooLong = lines > MAX_LINES && !GENERATED.has(file)
  const faults = tooLong ? [`has ${lines} lines, more than ${MAX_LINES}: is it one file or two?`] : []
  if (room === undefined) return [...faults, `the room ${own} has no row in CONTRIBUTING.md`]
  for (const [, name = ''] of source.matchAll(/\b(?:from|import)\s*\(?\s*'((?:\.|node:)[^']+)'/g)) {
    const isNode = name.startsWith('node:')
    const other = isNode ? name : roomOf(normalize(join(dirname(file), name)))
    const isAllowed = isNode
      ? !room.isPure
      : other === own || other === FREE || (room.imports?.has(other) ?? true)
    if (!isAllowed) faults.push(`${own} may not import ${other}`)
  }
  return faults
}

const rooms = readRooms(readFileSync('CONTRIBUTING.md', 'utf8'))
const files = execFileSync('git', [
  'ls-files',
  '--cached',
  '--others',
  '--exclude-standard',
  'src',
  'connectors',
  'workers',
])
  .toString()
  .split('\n')
  .filter((file) => /\.[tj]s$/.test(file))
const faults = files.flatMap((file) => faultsOf(file, rooms).map((fault) => `${file}: ${fault}`))
for (const fault of faults) process.stderr.write(`${fault}\n`)
if (rooms.size === 0) process.stderr.write('CONTRIBUTING.md has no table of rooms\n')
process.exitCode = faults.length > 0 || rooms.size === 0 ? 1 : 0

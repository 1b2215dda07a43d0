import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import { join, posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type StaticFile, staticFile } from '../openapi/static-file.ts'

const PAGES = fileURLToPath(new URL('../../console/', import.meta.url))
const SCRIPT_TYPE = 'text/javascript; charset=utf-8'
const STYLE_TYPE = 'text/css; charset=utf-8'
const ENTRY = 'main.ts'

/** Where a page's import of a package leads to. Browsers know no names of packages without an inline import map. */
const PACKAGES: ReadonlyMap<string, string> = new Map([
  ['preact', 'lib/preact.js'],
  ['preact/hooks', 'lib/hooks.js'],
  ['htm', 'lib/htm.js'],
])

export interface ConsoleFiles {
  /** Of all files together: part of their addresses, so that they may be kept for good. */
  readonly version: string
  /** By their names below the version, such as `parts/table.ts`. */
  readonly files: ReadonlyMap<string, StaticFile>
  /** What the first page needs: its styles, and its scripts in the order in which they are found. */
  readonly styles: readonly string[]
  readonly scripts: readonly string[]
  /** The page itself, with marks where addresses belong. */
  readonly page: string
}

/** The console's own files as browsers take them: TypeScript without its types, packages by their addresses. */
export async function readConsoleFiles(): Promise<ConsoleFiles> {
  const sources = new Map<string, string>()
  const names = (await readdir(PAGES, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(PAGES, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
  for (const name of names) {
    const text = await readFile(join(PAGES, name), 'utf8')
    if (name.endsWith('.css')) sources.set(name, text)
    if (name.endsWith('.ts') && !name.endsWith('.d.ts')) sources.set(name, script(name, text))
  }
  const { resolve } = createRequire(import.meta.url)
  for (const [name, address] of PACKAGES) {
    sources.set(address, script(address, await readFile(fileOfPackage(resolve, name), 'utf8')))
  }
  const page = await readFile(join(PAGES, 'index.html'), 'utf8')
  const digest = createHash('sha256')
  for (const [name, text] of sources) digest.update(`${name}\n${text.length}\n${text}`)
  const files = new Map<string, StaticFile>()
  for (const [name, text] of sources) {
    files.set(name, await staticFile(Buffer.from(text), name.endsWith('.css') ? STYLE_TYPE : SCRIPT_TYPE))
  }
  return {
    version: digest.digest('base64url').slice(0, 16),
    files,
    styles: [...sources.keys()].filter((name) => name.endsWith('.css')),
    scripts: reachedFrom(ENTRY, sources),
    page,
  }
}

/** htm has an entry of its own for modules; `require` would be given the other one. */
function fileOfPackage(resolve: NodeJS.RequireResolve, name: string): string {
  const file = resolve(name)
  return name === 'htm' ? file.replace(/htm\.js$/, 'htm.module.js') : file
}

function script(name: string, text: string): string {
  const plain = name.endsWith('.ts') ? withoutBlanks(stripTypeScriptTypes(text)) : text
  return plain
    .replace(
      /(\bfrom\s*|\bimport\s*)(['"])([^'"\n]+)\2/g,
      (whole, before: string, quote: string, target: string) => {
        const address = PACKAGES.get(target)
        return address === undefined ? whole : `${before}${quote}${relativeTo(name, address)}${quote}`
      },
    )
    .replace(/^\/\/# sourceMappingURL=.*$/m, '')
}

/** Types leave blanks of their own length behind. */
function withoutBlanks(text: string): string {
  return text.replace(/[ \t]+$/gm, '').replace(/\n{3,}/g, '\n\n')
}

function relativeTo(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to)
  return path.startsWith('.') ? path : `./${path}`
}

/** A file and all it imports when it is loaded, not what it fetches later. */
function reachedFrom(entry: string, sources: ReadonlyMap<string, string>): string[] {
  const reached = [entry]
  for (const name of reached) {
    for (const [, target = ''] of (sources.get(name) ?? '').matchAll(/\bfrom\s*['"](\.[^'"\n]+)['"]/g)) {
      const path = posix.join(posix.dirname(name), target)
      if (sources.has(path) && !reached.includes(path)) reached.push(path)
    }
  }
  return reached
}

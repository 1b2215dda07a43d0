import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PAGES = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: ROOT }).sort()]

function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** Scripts that a page tells its reader to run: `npm test`, `npm start`, `npm run X`. */
function scriptsIn(text: string): string[] {
  const commands = text.matchAll(/\bnpm (?:(test|start)\b|run (?:--?[\w-]+ )*([\w:-]+))/g)
  return [...new Set([...commands].map(([, short, named]) => short ?? named ?? ''))]
}

/** Targets of links, those in samples of code left out. */
function linksIn(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '`code`')
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)].map(([, target = '']) => target)
  const references = [...prose.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)].map(([, target = '']) => target)
  return [...inline, ...references]
}

function isRelative(target: string): boolean {
  return !/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(target)
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(text: string): string[] {
  const headings = text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} +(.+?) *$/gm)
  return [...headings].map(([, title = '']) =>
    title
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** What is wrong with a relative link of a page; null when it leads somewhere. */
function faultOf(page: string, target: string): string | null {
  const [path = '', anchor = ''] = decodeURIComponent(target).split('#')
  const file = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(ROOT, file))) return `${target}: there is no ${file}`
  if (anchor === '' || !file.endsWith('.md')) return null
  return anchorsOf(textOf(file)).includes(anchor) ? null : `${target}: ${file} has no heading #${anchor}`
}

describe('what pages tell their readers', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }

  it.each(PAGES)('%s names only scripts that exist', (page) => {
    expect(scriptsIn(textOf(page)).filter((script) => !Object.hasOwn(scripts, script))).toEqual([])
  })

  it.each(PAGES)('%s links only to what exists', (page) => {
    const faults = linksIn(textOf(page))
      .filter(isRelative)
      .map((target) => faultOf(page, target))
    expect(faults.filter((fault) => fault !== null)).toEqual([])
  })

  it('covers the pages there are', () => {
    expect(PAGES).toEqual(
      expect.arrayContaining(['README.md', 'docs/contract.md', 'docs/decisions/README.md']),
    )
  })
})

describe('reading a page', () => {
  it('finds every script that it names', () => {
    const text =
      'Run `npm test`, `npm start`, `npm run demo -- --store mongo` or `npm run --silent lint`; not npm ci.'
    expect(scriptsIn(text)).toEqual(['test', 'start', 'demo', 'lint'])
  })

  it('finds links, but none in samples of code', () => {
    const text = 'See [a](a.md#x) and [b](<b.md> "B").\n\n```md\n[c](c.md)\n```\n\n`[d](d.md)`\n\n[e]: e.md\n'
    expect(linksIn(text)).toEqual(['a.md#x', 'b.md', 'e.md'])
  })

  it('tells relative links from others', () => {
    const targets = [
      'docs/a.md',
      '#x',
      '../LICENSE',
      'https://example.com',
      'mailto:a@example.com',
      '//example.com',
    ]
    expect(targets.filter(isRelative)).toEqual(['docs/a.md', '#x', '../LICENSE'])
  })

  it('says what a link misses', () => {
    expect(faultOf('docs/contract.md', 'glossary.md')).toBeNull()
    expect(faultOf('docs/contract.md', '#periods')).toBeNull()
    expect(faultOf('docs/contract.md', 'nowhere.md')).toBe('nowhere.md: there is no docs/nowhere.md')
    expect(faultOf('docs/contract.md', '#nowhere')).toBe('#nowhere: docs/contract.md has no heading #nowhere')
  })
})

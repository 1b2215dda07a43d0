import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'

const WIDGET = new URL('../../widget/', import.meta.url)

/** What the widget is made of, each after what it imports. */
const PARTS = ['words.ts', 'style.ts', 'read.ts', 'periods.ts', 'view.ts', 'element.ts']

const IMPORT = /^import\s[^']*'[^']+'\n/gm
const EXPORT = /^export /gm
const COMMENT = /^\s*(?:\/\*\*[\s\S]*?\*\/|\/\/.*)\n/gm

/** The widget as one script without imports, for pages of any kind; names of its parts are all different. */
export async function widgetScript(): Promise<string> {
  const parts = await Promise.all(PARTS.map(async (name) => plain(await widgetFile(name))))
  const body = parts
    .join('')
    .replace(EXPORT, '')
    .replace(/\n{2,}/g, '\n')
  return `// Streakline, MIT licence\n(() => {\n'use strict'\n${body}})()\n`
}

/** One of the widget's own files. */
export function widgetFile(name: string): Promise<string> {
  return readFile(fileURLToPath(new URL(name, WIDGET)), 'utf8')
}

/** A part as browsers run it: types leave blanks of their own length behind. */
export function plain(source: string): string {
  const untyped = stripTypeScriptTypes(source.replace(IMPORT, '')).replace(COMMENT, '')
  return untyped.replace(/[ \t]+$/gm, '')
}

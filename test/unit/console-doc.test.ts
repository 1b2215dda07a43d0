import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import {
  CONSOLE_PLACES,
  PICTURE_THEMES,
  PICTURE_WIDTHS,
  PICTURES,
  pictureOf,
} from '../helpers/console-places.ts'

const MOST_BYTES = 4_000_000
const page = readFileSync('docs/console.md', 'utf8')
const shown = [...page.matchAll(/<img src="console\/([^"]+)"[^>]* alt="[^"]+">/g)].map(([, file]) => file)
const expected = CONSOLE_PLACES.flatMap(({ name }) =>
  PICTURE_WIDTHS.flatMap((width) => PICTURE_THEMES.map((theme) => pictureOf(name, width, theme))),
)

describe('docs/console.md', () => {
  it('knows every page that the console has', () => {
    const pages = readFileSync('src/console/pages.ts', 'utf8')
    const patterns = [...pages.matchAll(/^ {2}\[\s*'(\/[^']*)'/gm)].map(([, pattern]) => pattern)
    expect(patterns.length).toBeGreaterThan(20)
    const known = CONSOLE_PLACES.flatMap(({ pattern }) => (pattern === null ? [] : [pattern]))
    expect(known.toSorted()).toEqual(patterns.toSorted())
  })

  it('shows each of them in both widths and both themes, and no picture that is not there', () => {
    expect(shown.toSorted()).toEqual(expected.toSorted())
    expect(readdirSync(PICTURES).toSorted()).toEqual(expected.toSorted())
  })

  it('has pictures that are small enough to be kept', () => {
    const bytes = readdirSync(PICTURES).reduce((sum, file) => sum + statSync(join(PICTURES, file)).size, 0)
    expect(bytes).toBeLessThan(MOST_BYTES)
  })
})

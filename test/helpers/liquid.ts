import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Liquid, Tag, type TagToken, type TopLevelToken } from 'liquidjs'

export const THEME = fileURLToPath(new URL('../../connectors/shopify/theme/', import.meta.url))

export interface Setting {
  readonly type: string
  readonly id: string
  readonly label: string
  readonly info?: string
  readonly default?: string
}

export interface BlockSchema {
  readonly name: string
  readonly target: string
  readonly settings: readonly Setting[]
}

type Texts = { readonly [key: string]: string | Texts }

export const themeFile = (path: string): string => readFileSync(`${THEME}${path}`, 'utf8')

/** A text of the extension's locale files by its dotted key; undefined: it has none. */
export function textOf(file: 'en.default.json' | 'en.default.schema.json', key: string): string | undefined {
  const texts = JSON.parse(themeFile(`locales/${file}`)) as Texts
  const found = key
    .split('.')
    .reduce<string | Texts | undefined>((at, part) => (typeof at === 'object' ? at[part] : undefined), texts)
  return typeof found === 'string' ? found : undefined
}

/** What stands in the block's `schema` tag. */
export function blockSchema(): BlockSchema {
  const [, json = ''] =
    /\{% schema %\}([\s\S]*?)\{% endschema %\}/.exec(themeFile('blocks/streak.liquid')) ?? []
  return JSON.parse(json) as BlockSchema
}

/** Renders as a storefront does: with Shopify's own filter and tag, and an error for all that it does not know. */
export function storefront(): Liquid {
  const engine = new Liquid({
    strictFilters: true,
    root: [`${THEME}snippets`],
    extname: '.liquid',
    globals: { request: { locale: { iso_code: 'de' }, design_mode: false } },
  })
  engine.registerFilter('t', (key: string) => textOf('en.default.json', key) ?? `missing: ${key}`)
  engine.registerTag(
    'schema',
    class extends Tag {
      constructor(token: TagToken, rest: TopLevelToken[], liquid: Liquid) {
        super(token, rest, liquid)
        while (rest.length > 0) {
          const next = rest.shift() as TagToken
          if (next.name === 'endschema') return
        }
        throw new Error('the schema tag is not closed')
      }
      *render() {
        // it prints nothing
      }
    },
  )
  return engine
}

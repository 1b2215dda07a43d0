import { readdirSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { blockSchema, storefront, THEME, textOf, themeFile } from '../helpers/liquid.ts'

/** Limits of theme app extensions: https://shopify.dev/docs/apps/build/online-store/theme-app-extensions/configuration */
const MAX_LOCALE_BYTES = 15 * 1024
const MAX_LIQUID_BYTES = 100 * 1024
const MAX_NAME = 25
const FORBIDDEN_TAGS = ['include', 'javascript', 'stylesheet', 'layout', 'section', 'sections']

const SERVER = 'https://streaks.example.com'
const BLOCK = themeFile('blocks/streak.liquid')
const SNIPPET = themeFile('snippets/streakline.liquid')

const defaults = () =>
  Object.fromEntries(blockSchema().settings.map((setting) => [setting.id, setting.default ?? '']))

/** The block as a storefront has it, with what a merchant typed into its settings. */
async function block(settings: Record<string, string>, isEditor = false): Promise<string> {
  const engine = storefront()
  const request = { locale: { iso_code: 'pt-BR' }, design_mode: isEditor }
  const given = {
    settings: { ...defaults(), ...settings },
    shopify_attributes: 'data-shopify-editor-block="1"',
  }
  return engine.parseAndRender(BLOCK, { block: given, request }, { globals: { request } })
}
const attribute = (html: string, name: string) =>
  new RegExp(`<streakline-streak[^>]*\\s${name}="([^"]*)"`).exec(html)?.[1]
const scripts = (html: string) => [...html.matchAll(/\s(?:src|href)="([^"]*)"/g)].map(([, at]) => at)

describe('the theme block', () => {
  it('shows the widget by the app proxy, from the server that the merchant names and from nowhere else', async () => {
    const html = await block({ server: SERVER })
    expect(scripts(html)).toEqual([`${SERVER}/widget/streakline.js`])
    expect(attribute(html, 'proxy')).toBe('/apps/streakline')
    expect(attribute(html, 'streak')).toBe('')
    expect(attribute(html, 'lang')).toBe('pt-BR')
    expect(html).toContain('data-shopify-editor-block="1"')
    expect(html).not.toContain('--streakline')
    // what Shopify knows of whoever is signed in stays there
    expect(BLOCK + SNIPPET).not.toMatch(/\bcustomer\b/)
  })

  it('takes what merchants type as they type it', async () => {
    for (const server of [`${SERVER}/`, ` ${SERVER} `, `${SERVER}/ `]) {
      expect([server, scripts(await block({ server }))]).toEqual([server, [`${SERVER}/widget/streakline.js`]])
    }
    const html = await block({ server: SERVER, proxy: '', streak: ' 0198f0c2 ', accent: '#ff0000' })
    expect(attribute(html, 'proxy')).toBe('/apps/streakline')
    expect(attribute(html, 'streak')).toBe('0198f0c2')
    expect(html).toContain('--streakline-accent: #ff0000;')
    expect(html).not.toContain('--streakline-on-accent')
    const quoted = await block({ server: 'https://x"><script>', proxy: '"><b>', streak: '"><i>' })
    expect(quoted).not.toMatch(/"><script>|<b>|<i>/)
  })

  it('shows nothing before it has an address, and says so in the editor alone', async () => {
    for (const server of ['', '  ']) {
      expect((await block({ server })).trim()).toBe('')
      expect(await block({ server }, true)).toContain('enter the address of your server')
    }
  })

  it('has a schema that the editor takes, with a text for everything', () => {
    const { name, target, settings } = blockSchema()
    const label = (key: string) => textOf('en.default.schema.json', key.replace(/^t:/, ''))
    expect(target).toBe('section')
    expect(label(name)?.length).toBeLessThanOrEqual(MAX_NAME)
    for (const setting of settings) {
      expect(['text', 'color']).toContain(setting.type)
      for (const key of [setting.label, ...(setting.info === undefined ? [] : [setting.info])]) {
        expect([key, key.startsWith('t:'), typeof label(key)]).toEqual([key, true, 'string'])
      }
    }
    const used = [...BLOCK.matchAll(/block\.settings\.(\w+)/g)].map(([, id]) => id)
    expect([...new Set(used)].sort()).toEqual(settings.map(({ id }) => id).sort())
    for (const [, key = ''] of BLOCK.matchAll(/'([\w.]+)' \| t\b/g)) {
      expect([key, typeof textOf('en.default.json', key)]).toEqual([key, 'string'])
    }
  })

  it('is within what Shopify takes of an extension', () => {
    const files = readdirSync(THEME, { recursive: true }).map(String)
    const known = /^(?:blocks|snippets|locales|assets)(?:\/[\w.-]+)?$|^shopify\.extension\.toml$/
    expect(files.filter((file) => !known.test(file))).toEqual([])
    const bytes = (path: string) => Buffer.byteLength(themeFile(path))
    const locales = files.filter((file) => file.startsWith('locales/'))
    for (const locale of locales) expect(bytes(locale)).toBeLessThanOrEqual(MAX_LOCALE_BYTES)
    const liquid = files.filter((file) => file.endsWith('.liquid'))
    expect(liquid.reduce((sum, file) => sum + bytes(file), 0)).toBeLessThanOrEqual(MAX_LIQUID_BYTES)
    for (const file of liquid) {
      const tags = [...themeFile(file).matchAll(/\{%-?\s*(\w+)/g)].map(([, tag]) => tag)
      expect([file, tags.filter((tag) => FORBIDDEN_TAGS.includes(tag ?? ''))]).toEqual([file, []])
      expect(themeFile(file)).not.toMatch(/https?:\/\/(?!streaks\.example\.com)/)
    }
  })
})

describe('the snippet for themes without blocks of apps', () => {
  it('is rendered as its own comment says', async () => {
    const [call = ''] = /\{% render [^%]+%\}/.exec(SNIPPET) ?? []
    const html = await storefront().parseAndRender(call)
    expect(scripts(html)).toEqual([`${SERVER}/widget/streakline.js`])
    expect(attribute(html, 'proxy')).toBe('/apps/streakline')
    expect(attribute(html, 'lang')).toBe('de')
  })

  it('takes another path and one streak, and shows nothing without a server', async () => {
    const engine = storefront()
    const html = await engine.parseAndRender(
      "{% render 'streakline', server: 'https://streaks.example.com/', proxy: '/community/mine', streak: 'x' %}",
    )
    expect(scripts(html)).toEqual([`${SERVER}/widget/streakline.js`])
    expect([attribute(html, 'proxy'), attribute(html, 'streak')]).toEqual(['/community/mine', 'x'])
    expect((await engine.parseAndRender("{% render 'streakline' %}")).trim()).toBe('')
  })
})

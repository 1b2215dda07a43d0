import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Api, startApi } from '../helpers/api.ts'

let api: Api

beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())

const filesOf = (page: string) =>
  [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, target = '']) => target)

describe('the pages of the console', () => {
  it('are what the address of the server leads to', async () => {
    const answer = await api.send('/', { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'console'])
  })

  it('are one page at every address below /console, which may load nothing but its own files', async () => {
    for (const path of ['/console', '/console/', '/console/start', '/console/settings/users']) {
      const { status, headers, text } = await api.send(path)
      expect([path, status, headers.get('content-type')]).toEqual([path, 200, 'text/html; charset=utf-8'])
      expect(headers.get('cache-control')).toBe('no-cache')
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
      )
      const own = filesOf(text).filter((target) => target !== 'data:,')
      expect(own.length).toBeGreaterThan(3)
      for (const target of own) {
        const url = new URL(target, `${api.origin}${path}`)
        expect(url.href).toMatch(new RegExp(`^${api.origin}/console/files/[\\w-]+/[\\w./-]+$`))
        const file = await api.send(url.pathname)
        expect([target, file.status]).toEqual([target, 200])
        expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
        expect(file.headers.get('content-type')).toMatch(/^text\/(javascript|css); charset=utf-8$/)
      }
    }
  })

  it('come as scripts without types and without names that only Node can resolve', async () => {
    const page = (await api.send('/console')).text
    const main = filesOf(page).find((target) => target.endsWith('/main.ts')) ?? ''
    const seen = new Set<string>()
    const next = [new URL(main, `${api.origin}/console`).pathname]
    for (const path of next) {
      if (seen.has(path)) continue
      seen.add(path)
      const { status, text } = await api.send(path)
      expect([path, status]).toEqual([path, 200])
      expect(text).not.toMatch(/^\s*(import|export) type\b|^\s*(export )?interface /m)
      for (const [, name = ''] of text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
        expect([path, name]).toEqual([path, expect.stringMatching(/^\.\.?\//)])
        next.push(new URL(name, `${api.origin}${path}`).pathname)
      }
    }
    expect([...seen].some((path) => path.endsWith('/lib/preact.js'))).toBe(true)
  })

  it('are not asked for again while they are the same, and are small', async () => {
    const page = await api.send('/console')
    const tag = page.headers.get('etag') ?? ''
    expect((await api.send('/console', { headers: { 'if-none-match': tag } })).status).toBe(304)
    let bytes = 0
    for (const target of filesOf(page.text).filter((name) => name !== 'data:,')) {
      const url = new URL(target, `${api.origin}/console`)
      const file = await fetch(url, { headers: { 'accept-encoding': 'gzip' } })
      bytes += Number(file.headers.get('content-length'))
      await file.arrayBuffer()
    }
    expect(bytes).toBeLessThan(150_000)
  })

  it('answer what is not there as the API does, and files of another version not at all', async () => {
    const unknown = await api.send('/console/files/00000000/main.ts')
    expect([unknown.status, unknown.body.error.code]).toEqual([404, 'NOT_FOUND'])
    const page = (await api.send('/console')).text
    const main = filesOf(page).find((target) => target.endsWith('/main.ts')) ?? ''
    const { pathname } = new URL(main, `${api.origin}/console`)
    for (const name of ['nothing.ts', '..%2f..%2fconfig.ts', 'tsconfig.json']) {
      expect((await api.send(pathname.replace('main.ts', name))).status).toBe(404)
    }
    const written = await api.send('/console/home', { method: 'POST' })
    expect(written.status).toBe(405)
  })

  it('need no more than the packages that the decision names', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(Object.keys(dependencies).filter((name) => /preact|htm|lit|uplot|react/.test(name))).toEqual([
      'htm',
      'preact',
    ])
  })
})

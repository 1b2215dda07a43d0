import { execFile } from 'node:child_process'
import { readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Api, startApi } from '../helpers/api.ts'
import { signedToken } from '../helpers/end-user-token.ts'
import { ADA, logBody, openShop, type Shop } from '../helpers/shop.ts'
import { SHOWN_TO_END_USERS } from '../helpers/shown-to-end-users.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

const run = promisify(execFile)
const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))

let page: string
let api: Api
let shop: Shop
let folder: string
let removeFolder: () => Promise<void>

beforeAll(async () => {
  page = await readFile(join(REPOSITORY, 'docs/end-users.md'), 'utf8')
  const made = await makeTempFolder()
  folder = made[0]
  removeFolder = made[1]
  await symlink(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'))
  for (const [index, sample] of samples('js').entries()) {
    await writeFile(join(folder, `sample${index}.mjs`), sample)
  }
  api = await startApi()
  shop = await openShop(api, 'shop')
  // the samples look at the real clock
  api.clock.set(new Date().toISOString())
})
afterAll(async () => {
  await api.close()
  await removeFolder()
})

function samples(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  )
}

/** What a function of a sample answers to these texts, in a process of its own. */
async function answerOf(sample: number, name: string, ...input: string[]): Promise<unknown> {
  const script = `import { ${name} } from './sample${sample}.mjs'
    console.log(JSON.stringify(await ${name}(...${JSON.stringify(input)})))`
  const { accountId, apiKey, apiSecret } = shop.key
  const env = {
    STREAKLINE_ACCOUNT_ID: accountId,
    STREAKLINE_API_KEY: apiKey,
    STREAKLINE_API_SECRET: apiSecret,
  }
  const node = ['--input-type=module', '--eval', script]
  const { stdout } = await run(process.execPath, node, { cwd: folder, env: { ...process.env, ...env } })
  return JSON.parse(stdout)
}

describe('the page about end users', () => {
  it.each([0, 1])('has in sample %i a token that is good for the customer', async (sample) => {
    for (const [externalId, own] of [
      [ADA, 1],
      ['kundin-Zoë 🔥', 0],
    ] as const) {
      const token = String(await answerOf(sample, 'endUserToken', externalId))
      const answer = await api.send('/schema/streak_progress/record', { headers: shop.withToken(token) })
      expect(answer.status).toBe(200)
      expect(answer.body.data).toHaveLength(own)
    }
  })

  it('has a sample for a page that reads with it', async () => {
    const today = { activityAt: new Date(api.clock.now()).toISOString() }
    await shop.backend.create('streak_log', {
      ...logBody(shop.streak.id, 'customer-today', 'order'),
      ...today,
    })
    const token = String(await answerOf(0, 'endUserToken', 'customer-today'))
    const { accountId } = shop.key
    expect(await answerOf(2, 'readStreaks', api.origin, accountId, token)).toEqual(['1 in a row, active'])
    expect(await answerOf(2, 'readStreaks', api.origin, accountId, 'stale')).toContain('new token')
  })

  it('has a list of origins that an account takes', async () => {
    const [list = ''] = samples('json')
    const answer = await shop.backend.patch(`/schema/account/record/${shop.key.accountId}`, JSON.parse(list))
    expect(answer.status).toBe(200)
    expect(answer.body.data.endUserOrigins).toEqual(JSON.parse(list).endUserOrigins)
  })

  it('names all that is not shown, as the contract does', async () => {
    const contract = await readFile(join(REPOSITORY, 'docs/contract.md'), 'utf8')
    const tables = [page.split('## What it opens')[1] ?? '', contract.split('\n## End users\n')[1] ?? '']
    for (const [slug, shown] of Object.entries(SHOWN_TO_END_USERS)) {
      const [record] = (await shop.backend.list(slug)).body.data
      const hidden = Object.keys(record).filter((field) => !shown.includes(field))
      for (const table of tables) {
        const row = table.split('\n').find((line) => line.split('|')[1]?.includes(`\`${slug}\``)) ?? ''
        // what is hidden of what is joined to it stands after these
        const [own = ''] = row.split('|')[3]?.split(/; of|of `nextMilestone`/) ?? []
        const named = [...own.matchAll(/`(\w+)`/g)].map(([, name]) => name)
        expect([slug, named.sort()]).toEqual([slug, hidden.sort()])
      }
    }
  })

  it('quotes refusals as they are', async () => {
    const nowS = Math.floor(api.clock.now() / 1000)
    const { accountId, apiKey, apiSecret } = shop.key
    const header = { alg: 'HS256', kid: apiKey }
    const claims = { sub: accountId, iat: nowS, exp: nowS + 60, userData: { externalId: ADA } }
    const tokens = [
      signedToken('another secret', { header, claims }),
      signedToken(apiSecret, { header: { ...header, alg: 'HS512' }, claims }),
      signedToken(apiSecret, { header, claims: { ...claims, sub: ADA } }),
      signedToken(apiSecret, { header, claims: { ...claims, iat: nowS - 120, exp: nowS - 60 } }),
      signedToken(apiSecret, { header, claims: { ...claims, iat: nowS * 1000, exp: nowS * 1000 + 60_000 } }),
      signedToken(apiSecret, { header, claims: { ...claims, exp: nowS + 90_000 } }),
      signedToken(apiSecret, { header, claims: { ...claims, userData: undefined, externalId: ADA } }),
      'Bearer token',
    ]
    const quoted = [...page.matchAll(/^\| (it[^|]*|its[^|]*|the alg[^|]*) \|/gm)].map(([, text = '']) => text)
    expect(quoted).toHaveLength(tokens.length)
    for (const [index, token] of tokens.entries()) {
      const { body } = await api.send('/schema/streak/record', { headers: shop.withToken(token) })
      const parts = quoted[index]?.split('…') ?? []
      for (const part of parts) expect(body.error.message).toContain(part.trim())
    }
  })
})

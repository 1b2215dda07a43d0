import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createHttpProvider } from '../../src/coupons/http.ts'
import { couponRequest, newSigningSecret } from '../helpers/coupon-requests.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

const DOC = new URL('../../docs/coupon-service.md', import.meta.url)
const signingSecret = newSigningSecret()
let child: ChildProcess
let port: string
let removeFolder: () => Promise<void>

beforeAll(async () => {
  const [folder, remove] = await makeTempFolder()
  removeFolder = remove
  const sample = /```js\n([\s\S]*?)```/.exec(await readFile(DOC, 'utf8'))?.[1]
  if (sample === undefined) throw new Error('the page has no sample')
  const script = join(folder, 'sample.mjs')
  await writeFile(script, sample)
  child = spawn(process.execPath, [script], {
    env: { ...process.env, SIGNING_SECRET: signingSecret, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (child.stdout === null) throw new Error('child without stdout')
  const [line] = await once(child.stdout, 'data')
  port = /listening on (\d+)/.exec(String(line))?.[1] ?? ''
})

afterAll(async () => {
  const ended = once(child, 'close')
  child.kill()
  await ended
  await removeFolder()
})

describe('the sample on the page about coupon services', () => {
  function ask(rewardLogId: string, code: string, secret = signingSecret, previous?: string) {
    const provider = createHttpProvider({ clock: { now: Date.now }, allowedHosts: [`localhost:${port}`] })
    const settings = { url: `http://localhost:${port}/` }
    return provider.issue(
      couponRequest({
        rewardLogId,
        code,
        settings,
        credentials: { signingSecret: secret, ...(previous && { previousSigningSecret: previous }) },
      }),
    )
  }

  it('makes one coupon per key', async () => {
    expect(await ask('one', 'ONE')).toMatchObject({ outcome: 'issued', code: 'ONE' })
    expect(await ask('one', 'OTHER')).toMatchObject({ outcome: 'issued', code: 'ONE' })
    expect(await ask('two', 'TWO')).toMatchObject({ outcome: 'issued', code: 'TWO' })
  })

  it('takes requests throughout an exchange of the secret, before and after it has the new one', async () => {
    const next = newSigningSecret()
    expect(await ask('four', 'FOUR', next, signingSecret)).toMatchObject({ outcome: 'issued', code: 'FOUR' })
    expect(await ask('five', 'FIVE', signingSecret, next)).toMatchObject({ outcome: 'issued', code: 'FIVE' })
  })

  it('refuses what was signed with another secret', async () => {
    expect(await ask('three', 'THREE', newSigningSecret())).toEqual({
      outcome: 'failed',
      reason: 'PROVIDER_REFUSED: the coupon service answered 401',
    })
  })
})

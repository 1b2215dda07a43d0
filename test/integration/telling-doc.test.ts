import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openTempStore, type TempStore } from '../helpers/sqlite-store.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'
import { openWebhookRig, type WebhookRig } from '../helpers/webhook-rig.ts'

const ROOT = new URL('../../', import.meta.url)

/** The worker of docs/telling-shoppers.md, with a sendmail that writes to a file. */
describe('the mail worker on the page about telling shoppers', () => {
  let temp: TempStore
  let rig: WebhookRig
  let folder: string
  let removeFolder: () => Promise<void>
  let child: ChildProcess
  let url: string

  async function startWorker(secret: string): Promise<string> {
    const page = await readFile(new URL('docs/telling-shoppers.md', ROOT), 'utf8')
    const sample = /```js\n([\s\S]*?)```/.exec(page)?.[1]
    if (sample === undefined) throw new Error('the page has no worker')
    await symlink(fileURLToPath(new URL('node_modules', ROOT)), join(folder, 'node_modules'))
    await writeFile(join(folder, 'worker.mjs'), sample)
    const sendmail = join(folder, 'sendmail')
    await writeFile(sendmail, `#!/bin/sh\n[ -f '${folder}/broken' ] && exit 75\ncat >> '${folder}/mails'\n`)
    await chmod(sendmail, 0o755)
    child = spawn(process.execPath, [join(folder, 'worker.mjs')], {
      env: { ...process.env, WEBHOOK_SECRET: secret, SENDMAIL: sendmail, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(child.stdout!, 'data')
    return `http://127.0.0.1:${/listening on (\d+)/.exec(String(line))?.[1]}/`
  }

  beforeAll(async () => {
    ;[folder, removeFolder] = await makeTempFolder()
    temp = await openTempStore()
    rig = await openWebhookRig(temp.store)
  })
  afterAll(async () => {
    const ended = once(child, 'close')
    child.kill()
    await ended
    await rig.close()
    await temp.close()
    await removeFolder()
  })

  const mails = () => readFile(join(folder, 'mails'), 'utf8').catch(() => '')

  it('mails the code of a coupon once, to whoever earned it, also where the first try fails', async () => {
    const endpoint = await rig.endpoint(['reward.issued'])
    url = await startWorker(endpoint.secret)
    const streak = await rig.admin.create('streak', {
      name: 'a coffee a day',
      status: 'live',
      aggregationMethod: 'count',
      aggregationTargetValue: 1,
    })
    await rig.admin.create('milestone', {
      linkedSchemaRecordId: streak.id,
      name: 'the first',
      milestoneTargetValue: 1,
      status: 'live',
    })
    const log = await rig.admin.create('streak_log', {
      streakId: streak.id,
      ownedBy: { externalId: 'ada', firstName: 'Zoë', email: 'ada@example.com' },
      activityId: 'made_a_purchase',
      uniqueIdentifier: 'order 1',
      activityAt: new Date(rig.now()).toISOString(),
    })
    const { id } = log.achievedMilestoneRewardLog
    await rig.admin.patch(`/schema/reward_log/record/${id}`, { couponCode: 'THANKS-10' })
    await rig.sendDue()
    const request = rig.received()[0]!.request
    const { body } = request
    const signed = Object.entries(request.headers).filter(([name]) => name.startsWith('webhook-'))
    const headers = Object.fromEntries(signed) as Record<string, string>
    const deliver = async (sent: string) => (await fetch(url, { method: 'POST', headers, body: sent })).status
    expect(await deliver(`${body} `)).toBe(401)
    await writeFile(join(folder, 'broken'), '')
    expect(await deliver(body)).toBe(500)
    await rm(join(folder, 'broken'))
    expect(await deliver(body)).toBe(204)
    expect(await deliver(body)).toBe(204)
    const sent = await mails()
    expect(sent).toContain('To: ada@example.com\n')
    // read as what it is, whatever letters a name has
    expect(sent).toContain('\nContent-Type: text/plain; charset=utf-8\n')
    expect(sent).toContain('\n\nHello Zoë, your code is THANKS-10.')
    expect(sent.match(/^To: /gm)).toHaveLength(1)
  })
})

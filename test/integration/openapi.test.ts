import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { playStory } from '../../src/cli/openapi/play.ts'
import { EXAMPLES_FILE, playedExamples } from '../../src/cli/openapi/played-examples.ts'
import { STORIES } from '../../src/cli/openapi/stories/index.ts'
import type { Teller } from '../../src/cli/openapi/stories/story.ts'
import { ERRORS } from '../../src/errors.ts'
import { openApiDocument } from '../../src/http/openapi/document.ts'
import type { PlayedCall } from '../../src/http/openapi/examples/example.ts'
import { EXAMPLES } from '../../src/http/openapi/examples/played.ts'
import { isRecorded } from '../../src/http/openapi/records.ts'
import { fieldText, textOf } from '../../src/http/openapi/texts/index.ts'
import type { Served, Verb } from '../../src/http/resource.ts'
import { createResources } from '../../src/http/resources.ts'
import { type Api, startApi } from '../helpers/api.ts'
import { signedIn } from '../helpers/console.ts'
import { endUserToken } from '../helpers/end-user-token.ts'
import { type Node, nodesIn, operationsOf, targetOf } from '../helpers/open-api.ts'
import { stageOn, withNumbersForIds } from '../helpers/stories.ts'

const COMMITTED = readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')

let api: Api
let resources: Served[]
let document: Node & { components: { schemas: Record<string, Node> } }

beforeAll(async () => {
  api = await startApi()
  resources = createResources(api.deps)
  document = JSON.parse((await api.send('/openapi.json')).text)
})
afterAll(() => api.close())

describe('the API document', () => {
  it.each(['/openapi.json', '/api/v1.0/openapi.json'])(
    'is served at %s to everybody, and asked for again only when it changed',
    async (path) => {
      const first = await api.send(path)
      const etag = first.headers.get('etag') ?? ''
      expect(first.status).toBe(200)
      expect(first.headers.get('content-type')).toBe('application/json; charset=utf-8')
      expect(first.body).toEqual(document)
      const again = await api.send(path, { headers: { 'if-none-match': `"other", ${etag}` } })
      expect([again.status, again.text]).toEqual([304, ''])
      const changed = await api.send(path, { headers: { 'if-none-match': '"other"' } })
      expect(changed.status).toBe(200)
    },
  )

  it('is the same as docs/openapi.json, which npm run openapi writes', () => {
    expect(COMMITTED).toBe(`${JSON.stringify(document, null, 2)}\n`)
  })

  it('holds every verb that a resource allows, and no other', () => {
    const methods: Record<Verb, string> = {
      list: 'get',
      create: 'post',
      get: 'get',
      patch: 'patch',
      delete: 'delete',
    }
    const served = resources.flatMap(({ slug, allows }) =>
      allows.map((verb) => {
        const id = verb === 'list' || verb === 'create' ? '' : '/{id}'
        return `${methods[verb]} /schema/${slug}/record${id}`
      }),
    )
    const described = operationsOf(document).map(({ method, path }) => `${method} ${path}`)
    const pattern = /^\w+ \/schema\/\w+\/record(\/\{id\})?$/
    expect(described.filter((route) => pattern.test(route)).sort()).toEqual(served.sort())
  })

  it('says something of every resource and of every field', () => {
    const silent = resources
      .filter(isRecorded)
      .flatMap(({ slug, fields }) => [
        ...(textOf(slug).about === '' ? [slug] : []),
        ...Object.keys(fields).flatMap((name) => (fieldText(slug, name) === '' ? [`${slug}.${name}`] : [])),
      ])
    expect(silent.filter((name) => !/\.(firstName|lastName|email)$/.test(name))).toEqual([])
  })

  it('refers only to what is there', () => {
    const broken = [...nodesIn(document)].flatMap(([at, { $ref }]) =>
      typeof $ref === 'string' && targetOf(document, $ref) === undefined ? [`${at}: ${$ref}`] : [],
    )
    expect(broken).toEqual([])
  })

  it('names each operation once, says who may call it and how it fails', () => {
    const operations = operationsOf(document)
    const names = operations.map(({ operation }) => operation.operationId)
    expect(new Set(names).size).toBe(names.length)
    const schemes = Object.keys(
      (document.components as unknown as Record<string, Node>).securitySchemes ?? {},
    )
    const tags = (document.tags as { name: string }[]).map(({ name }) => name)
    for (const { path, operation } of operations) {
      const used = operation.security.flatMap(Object.keys)
      expect(schemes).toEqual(expect.arrayContaining(used))
      // whoever signs in, or sets a password by a link, has no session yet
      const isOfSession =
        path.startsWith('/console/') && !['signIn', 'setPassword'].includes(operation.operationId)
      expect(used.length > 0).toBe(path.startsWith('/schema/') || isOfSession)
      expect(tags).toEqual(expect.arrayContaining([...operation.tags]))
      const statuses = Object.keys(operation.responses).map(Number)
      expect(statuses.some((status) => status < 300)).toBe(true)
      expect(statuses.some((status) => status >= 400 && status < 500)).toBe(true)
    }
  })

  it('puts each error code under its own status', () => {
    for (const { operation } of operationsOf(document)) {
      for (const [status, response] of Object.entries(operation.responses)) {
        const { $ref } = response
        const target = typeof $ref === 'string' ? (targetOf(document, $ref) as Node) : response
        for (const code of (target['x-error-codes'] ?? []) as (keyof typeof ERRORS)[]) {
          expect({ code, status: ERRORS[code].status }).toEqual({ code, status: Number(status) })
        }
      }
    }
  })

  it('holds schemas that a strict validator takes', () => {
    const ajv = new Ajv2020({
      strict: true,
      strictTypes: false,
      strictRequired: false,
      keywords: ['x-admin-only', 'x-on-request'],
    })
    addFormats.default(ajv)
    ajv.addFormat('decimal', { type: 'number', validate: () => true })
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      ajv.addSchema({ $id: `api/${name}`, ...localised(schema) }, `api/${name}`)
    }
    for (const name of Object.keys(document.components.schemas)) {
      expect(() => ajv.getSchema(`api/${name}`)).not.toThrow()
    }
  })

  it('holds examples of parameters that every list takes as they stand, from either caller', async () => {
    const admin = await api.account('examples')
    const member = await admin.create('account_user', { externalId: 'reads lists' })
    const key = {
      accountId: admin.accountId,
      apiKey: admin.headers['x-api-key'] ?? '',
      apiSecret: admin.headers['x-api-secret'] ?? '',
    }
    const token = endUserToken(key, member.externalId, api.clock.now())
    const endUser = { headers: { 'x-enduser-access-token': token, 'x-account-id': admin.accountId } }
    const { cookie } = await signedIn(api, admin.accountId, 'owner@example.com', 'owner')
    const signedInOwner = { headers: { cookie } }
    let lists = 0
    for (const { path, operation } of operationsOf(document)) {
      const parameters = ((operation.parameters ?? []) as Node[]).filter(
        ({ content }) => content !== undefined,
      )
      if (parameters.length === 0 || path.includes('{id}')) continue
      const query = new URLSearchParams(
        parameters.map(({ name, content }): [string, string] => [
          String(name),
          JSON.stringify((content as Record<string, Node>)['application/json']?.example),
        ]),
      )
      expect([...query.keys()]).toEqual(['fields', 'filters', 'sortBy'])
      const callers = [
        ...(JSON.stringify(operation.security).includes('apiKey') ? [admin] : [signedInOwner]),
        ...(JSON.stringify(operation.security).includes('endUserToken') ? [endUser] : []),
      ]
      for (const { headers } of callers) {
        const { status, text } = await api.send(`${path}?${query}`, { headers })
        expect({ path, status, text: status === 200 ? '' : text }).toEqual({ path, status: 200, text: '' })
      }
      lists += 1
    }
    expect(lists).toBe(20)
  })

  it('is made anew each time, and the same', () => {
    expect(openApiDocument(resources)).toEqual(openApiDocument(createResources(api.deps)))
  })
})

function isSameExample(one: PlayedCall, other: PlayedCall): boolean {
  return one.slug === other.slug && one.verb === other.verb && one.name === other.name
}

/** With references to components by their id. */
function localised(schema: Node): Node {
  return JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', ''))
}

describe('the stories that the examples are taken from', () => {
  it('are played by npm run openapi, which keeps what was answered', async () => {
    expect(readFileSync(EXAMPLES_FILE, 'utf8')).toBe(await playedExamples())
  })

  it.each(Object.entries(STORIES))('%s goes here as it is shown', async (name, story) => {
    const played = await playStory(story, stageOn(api, await api.account(name)))
    expect(played.calls.length + Object.keys(played.refusals).length).toBeGreaterThan(0)
    const shown = {
      calls: EXAMPLES.calls.filter((one) => played.calls.some((call) => isSameExample(one, call))),
      refusals: Object.fromEntries(
        Object.entries(EXAMPLES.refusals).filter(([code]) => Object.hasOwn(played.refusals, code)),
      ),
    }
    expect(withNumbersForIds(played)).toEqual(withNumbersForIds(shown))
  })

  it('fail where the program answers otherwise than they tell', async () => {
    const stage = stageOn(api, await api.account('otherwise'))
    const logOfDraft = async (teller: Teller) => {
      const { id: streakId } = await teller.create('streak', { name: 'draft', aggregationTargetValue: 1 })
      const log = { activityAt: '2025-11-17T14:32:00Z', activityId: 'a', uniqueIdentifier: '1' }
      return { ...log, streakId, ownedBy: { externalId: 'one' }, activityValue: 1 }
    }
    const created = playStory(async (teller) => {
      await teller.create('streak_log', await logOfDraft(teller))
    }, stage)
    await expect(created).rejects.toThrow(/should be answered 201: 400 .*STREAK_NOT_LIVE/)
    const refused = playStory(async (teller) => {
      await teller.refused('IN_FUTURE', 'POST', '/schema/streak_log/record', await logOfDraft(teller))
    }, stage)
    await expect(refused).rejects.toThrow('should be answered IN_FUTURE: STREAK_NOT_LIVE')
  })

  it('show a purchase a day, the seventh café visit and 70,000 steps a week', () => {
    const { examples } = (targetOf(
      document,
      '#/paths/~1schema~1streak_log~1record/post/responses/201/content/application~1json',
    ) ?? {}) as { examples: Record<string, { value: { data: Node } }> }
    const logs = Object.fromEntries(Object.entries(examples).map(([name, { value }]) => [name, value.data]))
    expect(Object.keys(logs)).toEqual(['dailyPurchase', 'seventhVisit', 'weeklySteps'])
    expect(logs.dailyPurchase).toMatchObject({ streakProgress: { streakProgressStatus: 'completed' } })
    expect(logs.seventhVisit).toMatchObject({
      streakProgress: { consecutiveCount: 7 },
      achievedMilestone: { milestoneTargetValue: 7 },
      achievedMilestoneRewardLog: { couponCode: null, fulfilmentStatus: 'pending' },
    })
    expect(logs.weeklySteps).toMatchObject({
      streakProgress: { aggregationTargetValue: 70_000, streakProgressStatus: 'completed' },
    })
  })
})

import { describe, expect, it } from '@jest/globals'
import { jsonSchemaOf } from '../../src/http/read/json-schema-of.ts'
import { zBlankText, zInteger, zOneOf, zText } from '../../src/http/read/zod.ts'
import { defaulted, derivable, emptiable, maybe, required, shapeOf } from '../../src/http/shape.ts'
import { STATUSES } from '../../src/ports/schema/values.ts'
import { parseExactJson } from '../../src/read/exact-json.ts'

const shape = shapeOf('streak', {
  name: { ...required(zText(20)), contains: true },
  description: emptiable(zBlankText(20), ''),
  status: defaulted(zOneOf(STATUSES), 'draft'),
  completionTargetValue: maybe(zInteger(1, 9)),
  timezone: derivable(zText(20)),
  secret: required(zText(20)),
  hasLogs: {},
  path: { schema: { type: 'string' }, show: ({ id }) => `/streaks/${id}` },
})
const create = (json: string) => shape.readCreate(parseExactJson(json))
const patch = (json: string) => shape.readPatch(parseExactJson(json))

describe('a shape', () => {
  it('reads a create: what is absent or null takes its default, null, or is refused', () => {
    const least = { name: 'a', description: '', status: 'draft', completionTargetValue: null, timezone: null }
    expect(create('{"name": "a", "secret": "s"}')).toEqual({ ...least, secret: 's' })
    const nulls = '{"name": "a", "secret": "s", "description": null, "status": null, "timezone": null}'
    expect(create(nulls)).toEqual({ ...least, secret: 's' })
    expect(() => create('{"name": "a"}')).toThrow('secret is required')
    expect(create('{"name": "a", "secret": "s", "completionTargetValue": 3, "timezone": "UTC"}')).toEqual({
      ...least,
      secret: 's',
      completionTargetValue: 3,
      timezone: 'UTC',
    })
  })

  it('reads a patch: what is absent stays, and null clears what can be empty', () => {
    expect(patch('{}')).toEqual({})
    expect(patch('{"description": null, "completionTargetValue": null}')).toEqual({
      description: '',
      completionTargetValue: null,
    })
    for (const field of ['name', 'status', 'timezone', 'secret']) {
      expect(() => patch(`{"${field}": null}`)).toThrow(field)
    }
    expect(patch('{"status": "live"}')).toEqual({ status: 'live' })
  })

  it('takes only what bodies hold', () => {
    for (const field of ['hasLogs', 'path', 'id', 'createdAt']) {
      expect(() => patch(`{"${field}": "x"}`)).toThrow(expect.objectContaining({ code: 'UNKNOWN_FIELD' }))
    }
  })

  it('shows what is stored under its own name and what says how it is shown, in order, between id and times', () => {
    expect(Object.keys(shape.fields)).toEqual([
      'id',
      'name',
      'description',
      'status',
      'completionTargetValue',
      'timezone',
      'hasLogs',
      'path',
      'createdAt',
      'updatedAt',
    ])
    expect(shape.fields.name).toEqual({ stored: 'name', contains: true })
    expect(shape.fields.path).not.toHaveProperty('stored')
  })

  it('describes its bodies as they are read', () => {
    const described = jsonSchemaOf(shape.bodies.create)
    expect(described.required).toEqual(['name', 'secret'])
    expect(described.properties).toMatchObject({
      status: { enum: STATUSES, default: 'draft' },
      description: { default: '' },
      completionTargetValue: { type: 'integer', minimum: 1, maximum: 9 },
    })
    expect(described).not.toHaveProperty('properties.completionTargetValue.default')
    const patched = jsonSchemaOf(shape.bodies.patch)
    expect(patched.required ?? []).toEqual([])
    expect(patched).not.toHaveProperty('properties.status.default')
  })
})

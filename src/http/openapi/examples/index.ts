import type { JsonSchema } from '../../json/json-schema.ts'
import type { Verb } from '../../resource.ts'

export function bodyExamples(_slug: string, _verb: Verb): { examples?: JsonSchema } {
  return {}
}
export function responseExamples(_slug: string, _verb: Verb): { examples?: JsonSchema } {
  return {}
}

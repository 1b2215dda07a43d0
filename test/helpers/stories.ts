import type { Step } from '../../src/http/openapi/examples/step.ts'
import type { Answer, Api, Client } from './api.ts'

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

export interface PlayedStep {
  readonly step: Step
  readonly answer: Answer
  /** What came, with the ids of the story in the place of the real ones. */
  readonly told: unknown
}

/** Plays a story: each id of it stands for the real one that came in its place. */
export async function playStory(api: Api, client: Client, steps: readonly Step[]): Promise<PlayedStep[]> {
  const realOf = new Map<string, string>()
  const played: PlayedStep[] = []
  for (const step of steps) {
    const real = (text: string) => text.replace(UUID, (id) => realOf.get(id) ?? id)
    api.clock.set(step.at)
    const answer = await send(client, step, real)
    if (step.answer !== undefined) pairIds(JSON.stringify(step.answer), answer.text, realOf)
    const toldOf = new Map([...realOf].map(([told, it]) => [it, told]))
    const told = JSON.parse(answer.text.replace(UUID, (id) => toldOf.get(id) ?? id))
    played.push({ step, answer, told })
  }
  return played
}

function send(client: Client, { method, path, body }: Step, real: (text: string) => string): Promise<Answer> {
  const text = JSON.stringify(body ?? {})
  if (method === 'GET') return client.get(real(path))
  return method === 'POST' ? client.post(real(path), real(text)) : client.patch(real(path), real(text))
}

/** Ids stand in the same order in what is told and in what came. */
function pairIds(told: string, came: string, realOf: Map<string, string>): void {
  const toldIds = told.match(UUID) ?? []
  const cameIds = came.match(UUID) ?? []
  for (const [index, id] of toldIds.entries()) {
    const real = cameIds[index]
    if (real !== undefined && !realOf.has(id)) realOf.set(id, real)
  }
}

import { ERRORS } from '../../errors.ts'
import type { Examples, PlayedCall } from '../../http/openapi/examples/example.ts'
import type { Shown, Slug, Story } from './stories/story.ts'

/** Where a story is played: the real routes, with the credentials of an account, and a clock that is set. */
export interface Stage {
  setTime(instant: string): void
  send(
    method: string,
    path: string,
    body?: string,
  ): Promise<{ readonly status: number; readonly text: string }>
}

/** Plays a story, and keeps the calls that it shows. @throws Error when a call is answered otherwise than it is told */
export async function playStory(story: Story, stage: Stage): Promise<Examples> {
  const calls: PlayedCall[] = []
  const refusals: Record<string, object> = {}

  async function call(status: number, method: string, path: string, body?: object): Promise<unknown> {
    const answer = await stage.send(method, path, body === undefined ? undefined : JSON.stringify(body))
    if (answer.status === status) return JSON.parse(answer.text)
    throw new Error(`${method} ${path} should be answered ${status}: ${answer.status} ${answer.text}`)
  }
  async function write(
    verb: 'create' | 'patch',
    slug: Slug,
    path: string,
    body: object,
    shown: Shown | undefined,
  ) {
    const [method, status] = verb === 'create' ? (['POST', 201] as const) : (['PATCH', 200] as const)
    const answer = (await call(status, method, path, body)) as { readonly data: never }
    if (shown !== undefined) calls.push({ slug, verb, ...shown, body, answer })
    return answer.data
  }

  await story({
    at: stage.setTime,
    create: (slug, body, shown) => write('create', slug, `/schema/${slug}/record`, body, shown),
    patch: (slug, id, body, shown) => write('patch', slug, `/schema/${slug}/record/${id}`, body, shown),
    async refused(code, method, path, body) {
      const answer = await call(ERRORS[code].status, method, path, body)
      const { error } = answer as { readonly error: { readonly code: string } }
      if (error.code !== code) throw new Error(`${method} ${path} should be answered ${code}: ${error.code}`)
      refusals[code] = { error }
    },
  })
  return { calls, refusals }
}

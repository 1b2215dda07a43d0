import type { App } from '../compose.ts'
import type { Config } from '../config.ts'
import { originOf, startLink } from './start-link.ts'

/**
 * What to tell whoever has started a program that nobody has signed in to yet: the link by which the owner begins, and
 * what is at which address. null once somebody has a password, and where nothing listens.
 */
export async function welcome(
  app: App,
  config: Pick<Config, 'operator' | 'production'>,
): Promise<string | null> {
  if (app.http === null) return null
  const invited = await app.inviteOwner()
  if (invited === null) return null
  const origin = originOf(app.http)
  const places = [
    ['/console', 'pages to run it by'],
    ['/schema', 'the API, for your backend'],
    ['/docs', 'its reference, to be read and tried out'],
    ['/webhooks', 'what shops send to; each connector has an address of its own there'],
    ['/healthz', 'whether the program runs; /readyz whether its store does'],
    ...(config.operator === null ? [] : [['/ops/queues?operator', 'the queues, for STREAKLINE_OPS_USER']]),
  ]
  const width = Math.max(...places.map(([path = '']) => path.length)) + 2
  const init = config.production ? 'streakline init' : 'npm run streakline -- init'
  return [
    'Begin here; the link is good once and for an hour, and each start prints another one until it was used:',
    '',
    startLink(origin, invited.token),
    '',
    `Whoever only wants the API: "${init}" in another terminal shows a key and its secret; docs/first-streak.md leads on.`,
    'What is where:',
    ...places.map(([path = '', what]) => `  ${origin}${path.padEnd(width)}${what}`),
    '',
  ].join('\n')
}

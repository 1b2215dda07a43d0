import type { App } from '../compose.ts'
import type { Config } from '../config.ts'

/**
 * What to tell somebody who has started the program and has no account yet: what to do next, and what is at which
 * address. null once there is one, and where nothing listens.
 */
export async function welcome(
  app: App,
  config: Pick<Config, 'operator' | 'production'>,
): Promise<string | null> {
  if (app.http === null || (await app.hasAccount())) return null
  const origin = originOf(app.http)
  const places = [
    ['/schema', 'the API, for your backend'],
    ['/docs', 'its reference, to be read and tried out'],
    ['/webhooks', 'what Shopify and Stripe send to; each connector has an address of its own there'],
    ['/healthz', 'whether the program runs; /readyz whether its store does'],
    ...(config.operator === null ? [] : [['/ops/queues', 'the queues, for STREAKLINE_OPS_USER']]),
  ]
  const width = Math.max(...places.map(([path = '']) => path.length)) + 2
  return [
    'There is no account yet. Make the first one, in another terminal:',
    `  ${config.production ? 'streakline init' : 'npm run streakline -- init'}`,
    'It shows an API key and its secret; docs/first-streak.md leads from there to the first coupon.',
    'What is where:',
    ...places.map(([path = '', what]) => `  ${origin}${path.padEnd(width)}${what}`),
    '',
  ].join('\n')
}

/** How this machine itself reaches the program. */
function originOf({ host, port }: { readonly host: string; readonly port: number }): string {
  if (host === '0.0.0.0' || host === '::') return `http://localhost:${port}`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

import { findRow } from '../../commit/planned.ts'
import type { Place } from '../../installing/place.ts'
import { recordNotFound } from '../../setup/change-row.ts'
import type { HttpDeps } from '../deps.ts'
import type { JsonObject } from '../json/write-json.ts'
import { checkCreate } from '../read/check.ts'
import { zObject } from '../read/zod.ts'
import type { Action } from '../resource.ts'
import { platformOf } from './connector-shape.ts'
import { installBodyOf } from './install-body.ts'

type ActDeps = Pick<HttpDeps, 'store' | 'connectors' | 'hands' | 'installing'>
type Show = (place: Place, now: number) => JsonObject

const nothingAsked = zObject({})

/** What can be done about a connector's place at its platform. */
export function connectorActs(deps: ActDeps, show: Show): Readonly<Record<string, Action>> {
  const { store, connectors, hands, installing } = deps
  const body = installBodyOf(hands)

  const install: Action = {
    summary: 'Install a connector',
    body: body.schema,
    answers: 'connector',
    beside: { authorizeUrl: { type: 'string', format: 'uri' } },
    status: 200,
    fails: ['NOT_FOUND', 'PUBLIC_URL_MISSING', 'SHOP_MISMATCH', 'PLATFORM_REFUSED', 'PLATFORM_UNAVAILABLE'],
    async run({ caller: { accountId }, now, log }, id, given) {
      log({ connectorId: id })
      const asked = body.read(given)
      const row = await findRow(store, 'connector', accountId, id)
      if (row === null) throw recordNotFound('connector')
      const platform = platformOf(connectors, row.platform)
      const entry = body.readFor(platform, asked)
      if (entry.method === 'manual') {
        const secrets = entry.given.webhookSecrets as readonly string[]
        return { data: show(await installing.byHand(accountId, id, secrets), now) }
      }
      const { authorizeUrl, ...place } = await installing.install(accountId, id, entry)
      return { data: show(place, now), ...(authorizeUrl === undefined ? {} : { authorizeUrl }) }
    },
  }

  const act = (
    summary: string,
    fails: Action['fails'],
    perform: (accountId: string, id: string) => Promise<Place>,
  ): Action => ({
    summary,
    body: nothingAsked,
    answers: 'connector',
    beside: {},
    mayBeEmpty: true,
    status: 200,
    fails: ['NOT_FOUND', ...fails],
    async run({ caller: { accountId }, now, log }, id, given) {
      checkCreate(nothingAsked, given)
      log({ connectorId: id })
      return { data: show(await perform(accountId, id), now) }
    },
  })

  return {
    install,
    check: act(
      'Check an installed connector, and mend it',
      ['NOT_INSTALLED', 'PUBLIC_URL_MISSING', 'PLATFORM_REFUSED', 'PLATFORM_UNAVAILABLE'],
      (accountId, id) => installing.check(accountId, id),
    ),
    uninstall: act('Uninstall a connector', ['PLATFORM_UNAVAILABLE'], (accountId, id) =>
      installing.uninstall(accountId, id),
    ),
  }
}

import { type Request, type Response, Router } from 'express'
import { AppError } from '../../errors.ts'
import { createConnectorLookup } from '../../inbox/connector-lookup.ts'
import type { Connector } from '../../ports/connector.ts'
import type { Row } from '../../ports/schema.ts'
import { readUuid } from '../../read/values.ts'
import type { EndUser } from '../auth/caller.ts'
import { endUserOf } from '../auth/end-user.ts'
import { contextOf } from '../context.ts'
import type { HttpDeps } from '../deps.ts'
import { sendJson } from '../json/write-json.ts'
import type { Limits } from '../limits/limits.ts'
import { createShopperStreaks } from './shopper-streaks.ts'

/** A platform, and how the shopper is read from its signed requests. */
type Proxied = readonly [string, NonNullable<Connector['readShopper']>]

/**
 * What pages of a shop read through its platform's app proxy, which signs each request and names the shopper: the same
 * that an end user reads with a token. Each platform whose connector can read such a request has an address. 401 as long as the signature does not hold, then 404 where the connector does not act.
 */
export function createAppProxy(deps: HttpDeps, limits: Limits): Router {
  const lookup = createConnectorLookup(deps.store, deps.secretBox)
  const streaksOf = createShopperStreaks(deps)

  async function judge(
    [platform, readShopper]: Proxied,
    connectorId: string,
    search: string,
  ): Promise<[EndUser, Row<'connector'>]> {
    const open = await lookup.open(connectorId, platform)
    if (open === null) throw refused('no such connector is known')
    const { row, secrets } = open
    const read = readShopper({ search, secrets, now: deps.clock.now() }, row.settings)
    if (!read.ok) throw refused(read.message)
    return [await endUserOf(deps.store, row.accountId, row.id, read.externalId), row]
  }

  const serve = (proxied: Proxied) => async (request: Request, response: Response) => {
    const context = contextOf(response)
    context.route = `/proxy/${proxied[0]}/{connectorId}/streaks`
    response.setHeader('Cache-Control', 'private, no-store')
    const id = readUuid(request.params.connectorId)
    if (!id.ok) {
      limits.countAddress(request, response)
      throw refused('no such connector is known')
    }
    let connector: Row<'connector'> | null = null
    const caller = await limits.vouched(
      `proxy ${id.value}`,
      async () => {
        const [endUser, row] = await judge(proxied, id.value, searchOf(request.url))
        connector = row
        return endUser
      },
      request,
      response,
    )
    const { accountId, memberId } = caller
    Object.assign(context.logFields, { accountId, connectorId: id.value, memberId: memberId ?? 'none' })
    if (connector === null || !(await acts(deps.store, connector))) {
      throw new AppError('NOT_FOUND', 'The connector of this shop is not installed, or paused')
    }
    sendJson(response, 200, { data: { ...(await streaksOf(caller, deps.clock.now())) } })
  }

  const router = Router({ caseSensitive: true, strict: true })
  for (const [platform, { readShopper }] of deps.connectors) {
    if (readShopper === undefined) continue
    const path = `/proxy/${platform}/:connectorId/streaks`
    router.get(path, serve([platform, readShopper]))
    router.all(path, limits.byAddress, ({ method }) => {
      throw new AppError('METHOD_NOT_ALLOWED', `${method} is not a verb of this address`, { allow: ['GET'] })
    })
  }
  return router
}

/** Those of before installations were kept have no such row: their secrets were given by hand. */
async function acts(store: HttpDeps['store'], { id, status }: Row<'connector'>): Promise<boolean> {
  if (status !== 'live') return false
  const [installation] = await store.findByKeys('installation', ['id'], [[id]])
  const state = installation?.state ?? 'installed'
  return state === 'installed' || state === 'needs_attention'
}

function refused(why: string): AppError {
  return new AppError('UNAUTHENTICATED', `The request is not one of the shop's app proxy: ${why}`)
}

function searchOf(url: string): string {
  const at = url.indexOf('?')
  return at === -1 ? '' : url.slice(at + 1)
}

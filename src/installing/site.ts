import { AppError } from '../errors.ts'
import type { Access, Hands, Site } from '../ports/hands.ts'
import type { Row } from '../ports/schema.ts'
import { webhookPathOf } from '../setup/connector.ts'
import { countSecrets } from '../setup/connector-secrets.ts'
import type { InstallingDeps } from './deps.ts'

/** What hands are told of a connector. */
export function siteOf(
  { publicUrl, secretBox }: Pick<InstallingDeps, 'publicUrl' | 'secretBox'>,
  connector: Row<'connector'>,
  former: Access | null = null,
): Site {
  const webhookPath = webhookPathOf(connector)
  const { accountId, id: connectorId, settings, rules } = connector
  return {
    accountId,
    connectorId,
    settings,
    webhookPath,
    webhookUrl: `${publicUrl ?? ''}${webhookPath}`,
    readsProducts: rules.some((rule) => 'products' in rule && rule.products !== null),
    keptSecrets: countSecrets(secretBox, connector),
    former,
  }
}

/** @throws AppError PUBLIC_URL_MISSING */
export function requirePublicUrl({ publicUrl }: Pick<InstallingDeps, 'publicUrl'>): string {
  if (publicUrl !== null) return publicUrl
  const message = 'STREAKLINE_PUBLIC_URL is not set: the platform has to be told where to send its webhooks'
  throw new AppError('PUBLIC_URL_MISSING', message)
}

/** @throws AppError NOT_INSTALLED where nothing can be done at the platform */
export function handsOf({ hands }: Pick<InstallingDeps, 'hands'>, platform: string): Hands {
  const found = hands.get(platform)
  if (found !== undefined) return found
  throw new AppError('NOT_INSTALLED', `connectors of ${platform} are set up by hand in this version`)
}

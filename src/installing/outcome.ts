import type { Instant } from '../ports/clock.ts'
import type { Mended } from '../ports/hands.ts'
import type { Told } from '../ports/platform-calls.ts'
import type { Row } from '../ports/schema.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import { openSecrets, sealSecrets } from '../setup/connector-secrets.ts'
import { nextCheck } from './due.ts'
import type { Place, Written } from './place.ts'
import { foremost } from './problem.ts'
import { sealAccess } from './secrets.ts'
import {
  type Found,
  notSubscribed,
  ofSubscriptions,
  otherShop,
  scopesMissing,
  tokenRefused,
} from './words.ts'

/** What is written of a look at the platform that found something out. */
export function writtenOf(
  secretBox: SecretBox,
  { connector, installation }: Place,
  mended: Mended,
  also: readonly Found[],
  now: Instant,
): Written {
  const { access, renewAt, externalId, scopes, missingScopes, subscriptions, newWebhookSecrets } = mended
  const found = [...mended.problems, ...ofSubscriptions(subscriptions), ...also]
  const problem = foremost(found, installation.problem, now)
  const ownId = externalId ?? installation.externalId
  const sealed =
    newWebhookSecrets.length === 0
      ? {}
      : {
          sealedCredentials: sealSecrets(secretBox, connector.id, [
            ...newWebhookSecrets,
            ...openSecrets(secretBox, connector),
          ]),
        }
  // most looks find what is known, and the row of the connector stays as it is
  const isNews = ownId !== connector.ownId || newWebhookSecrets.length > 0
  return {
    ...(isNews ? { connector: { ...sealed, ownId } } : {}),
    installation: {
      sealedAccess: sealAccess(secretBox, connector.id, access),
      renewAt,
      externalId: ownId,
      scopes,
      missingScopes,
      subscriptions,
      ...standing(problem),
      ...reached(now),
    },
  }
}

/** The state that a problem, or none, makes. */
function standing(problem: Row<'installation'>['problem']): Pick<Row<'installation'>, 'problem' | 'state'> {
  return { problem, state: problem === null ? 'installed' : 'needs_attention' }
}

/** The platform answered: whatever was counted of its absence begins anew. */
function reached(now: Instant): Partial<Row<'installation'>> {
  return { checkedAt: now, tries: 0, unreachableSince: null, dueAt: nextCheck(now) }
}

/** What a clear no to a look at the platform says of the installation. */
export function foundOfRefusal(told: Extract<Told<never>, { outcome: 'refused' }>): Found {
  if (told.refused === 'access') return tokenRefused(told.message)
  if (told.refused === 'permission') return scopesMissing(told.message)
  if (told.refused === 'shop') return otherShop(told.message)
  return notSubscribed(told.message)
}

/** What is written where the platform said no; all that was known of it before stays as it was. A token that was refused is dead. */
export function writtenOfProblem(
  { installation }: Place,
  found: Found,
  now: Instant,
): Pick<Written, 'installation'> {
  const isOver = found.code === 'TOKEN_REFUSED'
  return {
    installation: {
      ...standing(foremost([found], installation.problem, now)),
      ...reached(now),
      ...(isOver ? { dueAt: null } : {}),
    },
  }
}

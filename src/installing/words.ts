import type {
  ProblemCode,
  ShownSubscription,
  SubscriptionState,
} from '../ports/schema/installation-values.ts'

/** A problem that holds, in words for a merchant: what it is, and what to do. */
export interface Found {
  readonly code: ProblemCode
  readonly message: string
}

/** With what the platform said, where it said anything. */
export function tokenRefused(said: string): Found {
  return found(
    'TOKEN_REFUSED',
    `The platform no longer takes the token or key of this connector (${said}). Install the connector again, with a new one if you changed it there.`,
  )
}

export function scopesMissing(said: string): Found {
  return found(
    'SCOPES_MISSING',
    `The platform does not allow what is needed (${said}). Grant it there, then check again.`,
  )
}

export function otherShop(said: string): Found {
  return found(
    'SHOP_MISMATCH',
    `The credentials are those of another shop (${said}). Install the connector with those of its own.`,
  )
}

export function notSubscribed(said: string): Found {
  return found(
    'SUBSCRIPTION_MISSING',
    `The credentials were taken, but the webhooks could not be set up (${said}). It is tried again by itself; check does so at once.`,
  )
}

export function unfinished(): Found {
  return found('SUBSCRIPTION_MISSING', 'The credentials were taken; the webhooks are being set up.')
}

export function unavailable(since: string): Found {
  return found(
    'PLATFORM_UNAVAILABLE',
    `The platform could not be reached since ${since}. Nothing is lost: webhooks are taken as they come, and it is tried again by itself.`,
  )
}

export function consentDenied(): Found {
  return found(
    'CONSENT_DENIED',
    'The installation was not agreed to in the shop. Install again to be asked once more.',
  )
}

export function uninstalledThere(): Found {
  return found(
    'UNINSTALLED',
    'The app was uninstalled at the platform. Install the connector again to go on where it stopped.',
  )
}

export function silent(since: string): Found {
  return found(
    'WEBHOOKS_SILENT',
    `No webhook has come since ${since}, which is unusual for this shop. Look there whether orders come in and its webhooks are on.`,
  )
}

/** What subscriptions say by themselves. */
export function ofSubscriptions(subscriptions: readonly ShownSubscription[]): readonly Found[] {
  const topics = (state: SubscriptionState) =>
    subscriptions.filter((each) => each.state === state).map(({ topic }) => topic)
  const [missing, failing] = [topics('missing'), topics('failing')]
  return [
    ...(missing.length === 0
      ? []
      : [
          found(
            'SUBSCRIPTION_MISSING',
            `The platform has no webhook of ${missing.join(', ')}: check again, or look there why not.`,
          ),
        ]),
    ...(failing.length === 0
      ? []
      : [
          found(
            'SUBSCRIPTION_FAILING',
            `Webhooks of ${failing.join(', ')} are switched off at the platform, or are refused here: compare the secrets, then check again.`,
          ),
        ]),
  ]
}

function found(code: ProblemCode, message: string): Found {
  return { code, message }
}

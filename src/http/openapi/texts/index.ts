import { backfill, connector, couponCode, couponProvider, delivery } from './commerce.ts'
import { COMMON_FIELDS } from './common.ts'
import { memberStreak, rewardLog, streakLog, streakProgress, withdrawal } from './ledger.ts'
import { account, apiKey, auditLog, consoleUser, member, privacyRequest } from './people.ts'
import { milestone, streak } from './streaks.ts'
import { webhookEndpoint, webhookMessage } from './telling.ts'
import type { ResourceText } from './types.ts'

export { INFO } from './common.ts'

/** By slug. */
const RESOURCE_TEXTS: Readonly<Record<string, ResourceText>> = {
  streak,
  milestone,
  streak_log: streakLog,
  streak_progress: streakProgress,
  member_streak: memberStreak,
  reward_log: rewardLog,
  withdrawal,
  account_user: member,
  account,
  api_key: apiKey,
  console_user: consoleUser,
  audit_log: auditLog,
  privacy_request: privacyRequest,
  connector,
  delivery,
  backfill,
  coupon_provider: couponProvider,
  coupon_code: couponCode,
  webhook_endpoint: webhookEndpoint,
  webhook_message: webhookMessage,
}

export function textOf(slug: string): ResourceText {
  return RESOURCE_TEXTS[slug] ?? { about: '', fields: {} }
}

/** What a field means, by its path inside the record or body; '' where nothing is said. */
export function fieldText(slug: string, path: string): string {
  return textOf(slug).fields[path] ?? COMMON_FIELDS[path] ?? ''
}

import type { HttpDeps } from './deps.ts'
import { served } from './list/list.ts'
import type { Served } from './resource.ts'
import { accountResource } from './routes/account.ts'
import { apiKeyResource } from './routes/api-key.ts'
import { auditLogResource } from './routes/audit-log.ts'
import { backfillResource } from './routes/backfill.ts'
import { connectorResource } from './routes/connector.ts'
import { consoleUserResource } from './routes/console-user.ts'
import { couponCodeResource } from './routes/coupon-code.ts'
import { couponProviderResource } from './routes/coupon-provider.ts'
import { deliveryResource } from './routes/delivery.ts'
import { memberResource } from './routes/member.ts'
import { memberExport } from './routes/member-export.ts'
import { memberStreakResource } from './routes/member-streak.ts'
import { milestoneResource } from './routes/milestone.ts'
import { privacyRequestResource } from './routes/privacy-request.ts'
import { rewardLogResource } from './routes/reward-log.ts'
import { streakResource } from './routes/streak.ts'
import { streakLogResource } from './routes/streak-log.ts'
import { streakProgressResource } from './routes/streak-progress.ts'
import { webhookEndpointResource } from './routes/webhook-endpoint.ts'
import { webhookMessageResource } from './routes/webhook-message.ts'
import { withdrawalResource } from './routes/withdrawal.ts'

/** Every resource of the contract. */
export function createResources(deps: HttpDeps): Served[] {
  const { store } = deps
  return [
    served(store, streakResource(deps)),
    served(store, streakLogResource(deps)),
    served(store, streakProgressResource(deps)),
    served(store, memberStreakResource(deps)),
    served(store, milestoneResource(deps)),
    served(store, rewardLogResource(deps)),
    served(store, { ...memberResource(deps), readings: { export: memberExport(deps) } }),
    served(store, accountResource(deps)),
    served(store, apiKeyResource(deps)),
    served(store, connectorResource(deps)),
    served(store, deliveryResource(deps)),
    served(store, backfillResource(deps)),
    served(store, couponProviderResource(deps)),
    served(store, couponCodeResource(deps)),
    served(store, withdrawalResource()),
    served(store, consoleUserResource(deps)),
    served(store, auditLogResource()),
    served(store, webhookEndpointResource(deps)),
    served(store, webhookMessageResource(deps)),
    served(store, privacyRequestResource(deps)),
  ]
}

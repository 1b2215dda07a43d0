/** Records of the API, with the fields that the demo looks at. */

export interface Named {
  readonly id: string
  readonly name: string
}

export interface ConnectorRecord extends Named {
  readonly webhookPath: string
}

export interface DeliveryItem {
  readonly streakId: string
  readonly status: 'pending' | 'counted' | 'duplicate' | 'ignored' | 'failed'
  readonly reason: string | null
  readonly streakLogId: string | null
}

export interface DeliveryRecord {
  readonly id: string
  readonly outcome: 'translated' | 'reported' | 'ignored'
  readonly reason: string | null
  readonly items: readonly DeliveryItem[]
}

export interface ProgressRecord {
  readonly streakId: string
  readonly ownedById: string
  readonly periodKey: string
  readonly currentProgressValue: number
  readonly aggregationTargetValue: number
  readonly streakProgressStatus: 'in_progress' | 'completed' | 'broken'
  readonly consecutiveCount: number
}

export interface RewardLogRecord {
  readonly id: string
  readonly ownedById: string
  readonly linkedSchemaRecordId: string
  readonly couponCode: string | null
  readonly fulfilmentStatus: string
  readonly failureReason: string | null
  readonly createdAt: string
  readonly milestone: Named
  readonly reward: {
    readonly providerId: string
    readonly discount: { readonly percentage?: number; readonly amount?: number; readonly currency?: string }
  }
}

export interface StreakLogRecord {
  readonly streakProgress: ProgressRecord | null
  readonly achievedMilestoneRewardLogs: readonly RewardLogRecord[]
}

export interface MemberRecord {
  readonly id: string
  readonly externalId: string
}

export interface MemberStreakRecord {
  readonly streakId: string
  readonly ownedById: string
  readonly longestConsecutiveCount: number
  readonly lastBrokenAt: string | null
}

/** What a coupon is worth: `10 %`, `5 EUR`. */
export function discountOf({ reward: { discount } }: RewardLogRecord): string {
  const { percentage, amount, currency } = discount
  return percentage === undefined ? `${amount} ${currency}` : `${percentage} %`
}

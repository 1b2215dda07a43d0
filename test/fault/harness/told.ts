import { Webhook } from 'standardwebhooks'
import type { RewardRecord } from './checks.ts'
import type { World } from './world.ts'

/** What of outgoing webhooks is not as it should be, a sentence each: every coupon is told of by one message. */
export function checkTold({ coupons, erased, merchant }: World, rewards: readonly RewardRecord[]): string[] {
  const webhook = new Webhook(merchant.webhookSecret)
  const wrong: string[] = []
  const issued = new Map<string, string[]>()
  for (const [id, { headers, body }] of coupons.told) {
    // however long ago it came
    const signed = webhook.sign(id, new Date(Number(headers['webhook-timestamp']) * 1_000), body)
    if (headers['webhook-signature'] !== signed) wrong.push(`the message ${id} is not signed`)
    const { type, data } = JSON.parse(body)
    if (type !== 'reward.issued') continue
    issued.set(data.rewardLog.id, [...(issued.get(data.rewardLog.id) ?? []), id])
  }
  // of whom was erased nothing is sent any more
  const judged = rewards.filter(
    ({ ownedById, fulfilmentStatus }) => fulfilmentStatus === 'issued' && !erased.has(ownedById),
  )
  const untold = judged.filter(({ id }) => !issued.has(id))
  const twice = [...issued.values()].filter((ids) => ids.length > 1)
  if (untold.length > 0) wrong.push(`${untold.length} of ${judged.length} coupons were not told of`)
  if (twice.length > 0) wrong.push(`${twice.length} coupons were told of by two messages`)
  return wrong
}

import type { Told } from '../../src/ports/platform-calls.ts'
import type { ShownSubscription } from '../../src/ports/schema/installation-values.ts'
import { createHook, deleteHook, type ShopHook, updateHook } from './hooks.ts'
import type { Asking } from './rest.ts'
import { TOPICS } from './translate.ts'

interface MendedHooks {
  readonly subscriptions: readonly ShownSubscription[]
  readonly signedHooks: readonly string[]
  /** False where the shop said that the key may not. */
  readonly canWrite: boolean
}

/** A topic after it was looked at. */
interface MendedTopic {
  readonly state: ShownSubscription['state']
  readonly signedHook: string | null
  readonly canWrite: boolean
}

/**
 * One webhook for each topic that is read: with today's address, signed with our secret, active. Further ones of ours
 * are deleted. One that the merchant paused stays so; one that WooCommerce disabled after failures is switched on.
 */
export async function mendHooks(asking: Asking, hooks: readonly ShopHook[]): Promise<Told<MendedHooks>> {
  const topics: [string, MendedTopic][] = []
  for (const topic of TOPICS) {
    const own = hooks.filter((hook) => hook.topic === topic)
    const told = own.length === 0 ? await make(asking, topic) : await keepOne(asking, own)
    if (told.outcome !== 'ok') return told
    topics.push([topic, told.value])
  }
  const value = {
    subscriptions: topics.map(([topic, { state }]) => ({ topic, state })),
    signedHooks: topics.flatMap(([, { signedHook }]) => signedHook ?? []),
    canWrite: topics.every(([, { canWrite }]) => canWrite),
  }
  return { outcome: 'ok', value }
}

async function make(asking: Asking, topic: string): Promise<Told<MendedTopic>> {
  const made = await createHook(asking, topic)
  if (made.outcome === 'unavailable') return made
  if (made.outcome === 'refused') return unmended('missing', made.refused !== 'request')
  const { id, status } = made.value
  return { outcome: 'ok', value: { state: stateOf(status), signedHook: id, canWrite: true } }
}

async function keepOne(asking: Asking, own: readonly ShopHook[]): Promise<Told<MendedTopic>> {
  const { site, access } = asking
  const kept = own.find(({ deliveryUrl }) => deliveryUrl === site.webhookUrl) ?? own[0]!
  for (const { id } of own.filter((hook) => hook !== kept)) {
    const told = await deleteHook(asking, id)
    if (told.outcome === 'unavailable') return told
  }
  const isSigned = access.signedHooks.includes(kept.id)
  const wanted = {
    ...(kept.deliveryUrl === site.webhookUrl ? {} : { delivery_url: site.webhookUrl }),
    ...(isSigned ? {} : { secret: access.webhookSecret }),
    ...(kept.status === 'disabled' ? { status: 'active' } : {}),
  }
  if (Object.keys(wanted).length === 0) {
    return { outcome: 'ok', value: { state: stateOf(kept.status), signedHook: kept.id, canWrite: true } }
  }
  const told = await updateHook(asking, kept.id, wanted)
  if (told.outcome === 'unavailable') return told
  if (told.outcome === 'refused') return unmended('failing', told.refused !== 'request')
  const { id, status } = told.value
  return { outcome: 'ok', value: { state: stateOf(status), signedHook: id, canWrite: true } }
}

function stateOf(status: string): ShownSubscription['state'] {
  return status === 'active' ? 'ok' : 'failing'
}

/** @param isForbidden the key may not, rather than the request cannot */
function unmended(state: 'missing' | 'failing', isForbidden: boolean): Told<MendedTopic> {
  return { outcome: 'ok', value: { state, signedHook: null, canWrite: !isForbidden } }
}

import { CONNECTORS, connectorFor } from '../connectors/registry.ts'
import { beginBackfill, cancelBackfill } from './backfill/begin.ts'
import { drawFoldedCode } from './compose-codes.ts'
import { composeForecasts } from './compose-forecasts.ts'
import { composeInstalling, type Installations } from './compose-installing.ts'
import { composeTelling, composeWebhooks, type Telling } from './compose-telling.ts'
import type { HttpProviderOptions } from './coupons/http.ts'
import { createCouponProviders } from './coupons/registry.ts'
import { checkKey } from './crypto/key-check.ts'
import type { EntryRecorder, Recorder } from './engine/types.ts'
import { createViews } from './engine/views/views.ts'
import type { HttpDeps } from './http/deps.ts'
import type { ReadBody } from './inbox/reading.ts'
import { createDeliveries } from './inbox/replay/deliveries.ts'
import { createWebhookSender } from './outgoing/webhook-sender.ts'
import type { JobQueue } from './ports/queue.ts'
import { patchRewardLog } from './rewards/patch.ts'
import { resumeProvider, resumeRefused } from './rewards/provider-state.ts'
import { abandonReward, replayReward } from './rewards/replay.ts'
import { uploadPoolCodes } from './rewards/upload-codes.ts'
import { auditedStore } from './users/audit.ts'

type Given = 'store' | 'inbox' | 'secretBox' | 'clock' | 'logger' | 'newId'
type Optional =
  | 'connectors'
  | 'hands'
  | 'installing'
  | 'limits'
  | 'trustProxyHops'
  | 'opsRouter'
  | 'bodyBudgetBytes'
  | 'servesReference'

export interface HttpParts
  extends Pick<HttpDeps, Given>,
    Partial<Pick<HttpDeps, Optional>>,
    Pick<HttpProviderOptions, 'allowedHosts'> {
  readonly recorder: Recorder & EntryRecorder
  readonly queue: JobQueue
  /** The recorder's own; without it nobody remembers who listens but this. */
  readonly telling?: Telling
  /** Without them with no public address. */
  readonly installations?: Pick<Installations, 'hands' | 'installing' | 'door'> &
    Partial<Pick<Installations, 'calls' | 'pretendShops'>>
  /** Without it bodies are read in this thread. */
  readonly read?: ReadBody
}

/** Everything the HTTP layer works with, from the parts of an installation. */
export function composeHttp({
  recorder,
  queue,
  read,
  installations,
  allowedHosts = [],
  telling,
  ...parts
}: HttpParts): HttpDeps {
  const { clock, logger, newId, secretBox } = parts
  // whatever merchants change is written down beside it
  const store = auditedStore(parts.store, { clock, newId })
  const { listeners, teller } = telling ?? composeTelling(store, newId)
  const sources = { newId, drawCode: drawFoldedCode }
  const sender = createWebhookSender({ clock, allowedHosts })
  const given = installations ?? composeInstalling({ ...parts, queue })
  const { hands, installing, door, calls, pretendShops = async () => [] } = given
  return {
    ...parts,
    store,
    recorder,
    entries: recorder,
    views: createViews(store),
    deliveries: createDeliveries({
      store,
      queue,
      connectorFor,
      ...(read === undefined ? {} : { read }),
      clock,
      logger,
      newId,
    }),
    rewards: {
      patch: (accountId, id, patch) =>
        patchRewardLog({ store, clock, newId, queue, teller }, accountId, id, patch),
      replay: (accountId, id) => replayReward({ store, clock, queue, teller, sources }, accountId, id),
      abandon: (accountId, id, reason) =>
        abandonReward({ store, clock, queue, teller }, accountId, id, reason),
      resumeProvider: (accountId, providerId) =>
        resumeProvider({ store, clock, queue }, accountId, providerId),
      resumeRefused: (accountId, providerId) =>
        resumeRefused({ store, clock, queue }, { accountId, providerId }),
      uploadCodes: (accountId, providerId, codes) =>
        uploadPoolCodes({ store, clock, newId, queue }, accountId, providerId, codes),
    },
    webhooks: composeWebhooks({ store, listeners, secretBox, clock, newId, queue, sender }),
    teller,
    backfills: {
      begin: (accountId, connectorId, order) =>
        beginBackfill({ store, clock, newId, hands }, accountId, connectorId, order),
      cancel: (accountId, id) => cancelBackfill({ store, clock }, accountId, id),
    },
    forecast: composeForecasts({
      store,
      door,
      hands,
      clock,
      connectors: parts.connectors ?? CONNECTORS,
      read,
    }),
    connectors: parts.connectors ?? CONNECTORS,
    hands,
    installing,
    pretendShops,
    providers: createCouponProviders({
      ...{ store, clock, allowedHosts },
      ...(door === undefined ? {} : { door }),
      ...(calls === undefined ? {} : { calls }),
    }),
    redisReachable: () => queue.reachable(),
    checkKey: () => checkKey(store, parts.secretBox),
  }
}

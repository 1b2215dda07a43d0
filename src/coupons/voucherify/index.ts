import { z } from 'zod'
import { MAX_URL_LENGTH } from '../../outgoing/address-guard.ts'
import { createOutgoing, type OutgoingOptions } from '../../outgoing/guarded.ts'
import type { Clock } from '../../ports/clock.ts'
import type { CouponProvider, CouponRequest, RewardFault } from '../../ports/coupon-provider.ts'
import { NoAnswer, type PlatformCalls } from '../../ports/platform-calls.ts'
import { type Ask, createAsk, type Failed, failed } from './ask.ts'
import { codeOf, disable, publish, usedOf } from './voucher.ts'

export interface VoucherifyOptions extends OutgoingOptions {
  readonly clock: Clock
  /** Without them nobody can be asked. */
  readonly calls?: PlatformCalls
}

const MAX_TOKEN = 256
const MAX_CAMPAIGN = 256
/** It goes into a header as it is. */
const token = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'must be copied from the project without spaces')
  .max(MAX_TOKEN, `must have at most ${MAX_TOKEN} characters`)
const credentialsShape = z.strictObject({ appId: token, appToken: token })

const noCalls: PlatformCalls = () => Promise.reject(new NoAnswer('there is no way to Voucherify'))

/** What of a reward the campaign decides. */
const DECIDED_BY_CAMPAIGN = ['prefix', 'minimumSubtotal', 'expiresInDays'] as const

/**
 * Publishes vouchers of a campaign in the merchant's Voucherify project: the voucher's code and end are the coupon's.
 * One publication for a reward, told apart by its `source_id`.
 * @throws Error when `allowedHosts` holds something other than host:port
 */
export function createVoucherifyProvider(options: VoucherifyOptions): CouponProvider {
  const outgoing = createOutgoing(options)
  const settingsShape = z.strictObject({
    apiUrl: z
      .string()
      .superRefine((text, context) => {
        const verdict = outgoing.judge(text)
        const fault = verdict.ok ? siteFault(text) : verdict.fault
        if (fault !== null) context.addIssue({ code: 'custom', message: fault })
      })
      .meta({ format: 'uri', maxLength: MAX_URL_LENGTH }),
    campaign: z
      .string()
      .trim()
      .min(1, 'must name a campaign, by its name or its id')
      .max(MAX_CAMPAIGN, `must have at most ${MAX_CAMPAIGN} characters`),
  })

  function open(
    request: Pick<CouponRequest, 'settings' | 'credentials' | 'signal'>,
  ): { readonly ask: Ask; readonly campaign: string } | Failed {
    const settings = settingsShape.safeParse(request.settings)
    const credentials = credentialsShape.safeParse(request.credentials)
    if (!settings.success || !credentials.success) {
      const [fault] = (settings.error ?? credentials.error)?.issues ?? []
      const where = fault?.path.join('.') || 'credentials'
      return failed(`PROVIDER_MISCONFIGURED: ${where} ${fault?.message ?? ''}`.trim())
    }
    const { apiUrl, campaign } = settings.data
    const project = { base: new URL(apiUrl).origin, ...credentials.data, signal: request.signal }
    return { ask: createAsk(options.calls ?? noCalls, options.clock, project), campaign }
  }

  return {
    kind: 'voucherify',
    claims: false,
    settings: settingsShape,
    credentials: credentialsShape,
    async faultOf(reward): Promise<RewardFault | null> {
      const field = DECIDED_BY_CAMPAIGN.find((name) => reward[name] !== undefined)
      if (field === undefined) return null
      const message = 'has no place here: at Voucherify the campaign decides it'
      return { path: `reward.${field}`, code: 'INVALID_INPUT', message }
    },
    async issue(request) {
      const opened = open(request)
      return 'ask' in opened ? publish(opened.ask, opened.campaign, request) : opened
    },
    async revoke(request) {
      const opened = open(request)
      if (!('ask' in opened)) return opened
      const { ask } = opened
      // the code that was asked for is not the voucher's
      const named = request.wasIssued ? { code: request.code } : await codeOf(ask, request)
      if (!('code' in named)) return named
      if (named.code === null) return { outcome: 'revoked', used: 'no' }
      const disabled = await disable(ask, named.code)
      if (disabled === null) return { outcome: 'revoked', used: 'unknown' }
      if (disabled !== 'disabled') return disabled
      const used = await usedOf(ask, named.code)
      return typeof used === 'string' ? { outcome: 'revoked', used } : used
    },
    async used(request) {
      const opened = open(request)
      if (!('ask' in opened)) return opened
      const used = await usedOf(opened.ask, request.code)
      return typeof used === 'string' ? { outcome: 'known', used, at: null } : used
    },
  }
}

/** Paths of the API are put behind it. */
function siteFault(text: string): string | null {
  const { pathname, search, hash } = new URL(text)
  const isSite = /^\/?(?:v1\/?)?$/.test(pathname) && search === '' && hash === ''
  return isSite ? null : 'must be the address of the API alone, such as https://api.voucherify.io'
}

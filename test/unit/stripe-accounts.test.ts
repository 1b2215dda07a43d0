import { describe, expect, it } from '@jest/globals'
import { stripe } from '../../connectors/stripe/index.ts'
import { stripeDisputeEvent, stripeRefundEvent } from '../helpers/report-payloads.ts'
import { rule } from '../helpers/rules.ts'
import { stripeChargeEvent } from '../helpers/signed.ts'

function translate(body: string, ownId: string | null, topic = 'charge.succeeded') {
  return stripe.translate({
    rawBody: Buffer.from(body),
    topic,
    receivedAt: Date.parse('2026-11-22T10:00:00Z'),
    rules: [rule({ testOrders: 'count' })],
    purchaseSpace: 'space',
    settings: {},
    orderIdFrom: 'payment',
    ownId,
  })
}

const ofAccount = (account: unknown) => stripeChargeEvent({ event: { account } })
const MISMATCH = { kind: 'ignored', reason: 'ACCOUNT_MISMATCH' }

describe('events of connected accounts', () => {
  // TRAP: one endpoint may hear of several accounts, and their objects have ids of their own
  it('that are not of the installed account are ignored, and still found by their order', () => {
    expect(translate(ofAccount('acct_other'), 'acct_own')).toEqual({
      ...MISMATCH,
      orderId: translate(ofAccount('acct_own'), 'acct_own').orderId,
    })
  })

  it('count where they are of the installed account itself, name none, or the own account is not known', () => {
    expect(translate(ofAccount('acct_own'), 'acct_own').kind).toBe('translated')
    expect(translate(ofAccount(null), 'acct_own').kind).toBe('translated')
    expect(translate(stripeChargeEvent(), 'acct_own').kind).toBe('translated')
    expect(translate(ofAccount('acct_other'), null).kind).toBe('translated')
  })

  it('do nothing to what counted either', () => {
    const withAccount = (body: string) => JSON.stringify({ ...JSON.parse(body), account: 'acct_other' })
    const refund = withAccount(stripeRefundEvent({ type: 'refund.created' }))
    expect(translate(refund, 'acct_own', 'refund.created')).toMatchObject(MISMATCH)
    const dispute = withAccount(stripeDisputeEvent({ type: 'charge.dispute.closed' }))
    expect(translate(dispute, 'acct_own', 'charge.dispute.closed')).toMatchObject(MISMATCH)
  })

  it('of an account that is no text are ignored', () => {
    expect(translate(ofAccount(7), 'acct_own')).toMatchObject(MISMATCH)
  })
})

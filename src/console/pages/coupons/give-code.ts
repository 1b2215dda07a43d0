import { useState } from 'preact/hooks'
import type { RewardLog } from '../../../client/schema.ts'
import { patch } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useDoing } from '../../load.ts'
import { announce } from '../../parts/announce.ts'
import { Form, restOf, SubmitButton, TextField } from '../../parts/fields.ts'
import { Wrong } from '../../parts/states.ts'
import { useSession } from '../../session.ts'
import { endOf } from '../../words/format.ts'

export interface GiveCodeProps {
  readonly reward: RewardLog
  readonly again: () => void
}

/** A coupon that somebody of the merchant's made: its code, entered by hand. */
export function GiveCode({ reward, again }: GiveCodeProps) {
  const { account } = useSession()
  const isIssued = reward.fulfilmentStatus === 'issued'
  const title = isIssued ? 'Give another code' : 'Issue it by hand'
  const [code, setCode] = useState('')
  const [end, setEnd] = useState('')
  const giving = useDoing(async () => {
    await patch('reward_log', reward.id, {
      couponCode: code.trim(),
      ...(end === '' ? {} : { rewardExpiryAt: new Date(endOf(end, account.timezone)).toISOString() }),
    })
    announce(isIssued ? 'The code was changed.' : 'The coupon was issued.')
    again()
  })
  const { failure } = giving
  const rest = restOf(failure, ['couponCode', 'rewardExpiryAt'])
  return html`<h2>${title}</h2>
    <${Form} submit=${giving.run} label=${title}>
      ${rest !== null && html`<${Wrong} failure=${rest} />`}
      <${TextField} label="Code" path="couponCode" required autocomplete="off" value=${code} set=${setCode} failure=${failure} hint="As the shopper types it at the checkout." />
      <${TextField} label="Good until the end of" path="rewardExpiryAt" type="date" value=${end} set=${setEnd} failure=${failure} hint=${`Empty: ${isIssued ? 'as it is' : 'for ever'}. By the clocks of ${account.timezone}.`} />
      <${SubmitButton} isBusy=${giving.isBusy}>${isIssued ? 'Change it' : 'Issue it'}</${SubmitButton}>
    </${Form}>`
}

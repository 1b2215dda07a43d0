import { useState } from 'preact/hooks'
import type { RewardLog } from '../../../client/schema.ts'
import { patch } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useDoing } from '../../load.ts'
import { announce } from '../../parts/announce.ts'
import { Form, restOf, SubmitButton, TextField } from '../../parts/fields.ts'
import { Wrong } from '../../parts/states.ts'

export interface GiveCodeProps {
  readonly reward: RewardLog
  readonly again: () => void
}

/** A coupon that somebody of the merchant's made: its code, entered by hand. */
export function GiveCode({ reward, again }: GiveCodeProps) {
  const [code, setCode] = useState('')
  const [end, setEnd] = useState('')
  const giving = useDoing(async () => {
    await patch('reward_log', reward.id, {
      couponCode: code.trim(),
      ...(end === '' ? {} : { rewardExpiryAt: new Date(`${end}T23:59:59.999`).toISOString() }),
    })
    announce('The coupon was issued.')
    again()
  })
  const { failure } = giving
  const rest = restOf(failure, ['couponCode', 'rewardExpiryAt'])
  return html`<h2>Issue it by hand</h2>
    <${Form} submit=${giving.run} label="Issue it by hand">
      ${rest !== null && html`<${Wrong} failure=${rest} />`}
      <${TextField} label="Code" path="couponCode" required autocomplete="off" value=${code} set=${setCode} failure=${failure} hint="As the shopper types it at the checkout." />
      <${TextField} label="Good until the end of" path="rewardExpiryAt" type="date" value=${end} set=${setEnd} failure=${failure} hint="Empty: for ever. By the clock of this browser." />
      <${SubmitButton} isBusy=${giving.isBusy}>Issue it</${SubmitButton}>
    </${Form}>`
}

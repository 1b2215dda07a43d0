import { useState } from 'preact/hooks'
import type { Member, Streak } from '../../../client/schema.ts'
import { create } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useDoing } from '../../load.ts'
import { announce } from '../../parts/announce.ts'
import { CheckField, Form, restOf, SelectField, SubmitButton, TextField } from '../../parts/fields.ts'
import { Wrong } from '../../parts/states.ts'
import { startOf } from '../../words/format.ts'

export interface EnterLogProps {
  readonly member: Member
  /** Those that take logs. */
  readonly streaks: readonly Streak[]
  readonly again: () => void
}

const FIELDS = ['streakId', 'uniqueIdentifier', 'activityAt', 'activityValue']

const HALF_DAY_MS = 43_200_000

/** Noon of a day in a zone; now, where none was chosen. */
function instantOf(day: string, zone: string): string {
  if (day === '') return new Date().toISOString()
  return new Date(startOf(day, zone) + HALF_DAY_MS).toISOString()
}

/** A purchase that no shop has told of: entered by hand, and counted like any other. */
export function EnterLog({ member, streaks, again }: EnterLogProps) {
  const [streakId, setStreakId] = useState(streaks[0]?.id ?? '')
  const [number, setNumber] = useState('')
  const [value, setValue] = useState('')
  const [day, setDay] = useState('')
  const [isQuiet, setIsQuiet] = useState(false)
  const streak = streaks.find(({ id }) => id === streakId)
  const entering = useDoing(async () => {
    await create('streak_log', {
      streakId,
      ownedById: member.id,
      activityAt: instantOf(day, streak?.timezone ?? 'UTC'),
      activityId: 'made_a_purchase',
      uniqueIdentifier: number.trim(),
      ...(streak?.aggregationMethod === 'sum' ? { activityValue: Number(value) } : {}),
      quiet: isQuiet,
    })
    setNumber('')
    setValue('')
    announce('It counted.')
    again()
  })
  if (streaks.length === 0) return null
  const { failure } = entering
  const rest = restOf(failure, FIELDS)
  return html`<details><summary>Enter a purchase by hand</summary>
    <${Form} submit=${entering.run} label="Enter a purchase by hand">
      ${rest !== null && html`<${Wrong} failure=${rest} />`}
      <${SelectField} label="Streak" path="streakId" value=${streakId} set=${setStreakId} options=${streaks.map(({ id, name }) => [id, name])} failure=${failure} />
      <${TextField} label="Number of the purchase" path="uniqueIdentifier" required value=${number} set=${setNumber} failure=${failure}
        hint="Of the receipt, for instance. The same number counts once for this shopper." />
      <${TextField} label="Day" path="activityAt" type="date" value=${day} set=${setDay} failure=${failure} hint=${`Empty: now. Else noon of that day in ${streak?.timezone ?? 'UTC'}.`} />
      ${
        streak?.aggregationMethod === 'sum' &&
        html`<${TextField} label="How much" path="activityValue" type="number" min="0" step="any" required value=${value} set=${setValue} failure=${failure} />`
      }
      <${CheckField} label="Without a coupon" value=${isQuiet} set=${setIsQuiet} hint="It counts, and earns nothing." />
      <${SubmitButton} isBusy=${entering.isBusy}>Count it</${SubmitButton}>
    </${Form}></details>`
}

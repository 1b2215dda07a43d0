import type { Streak } from '../../../client/schema.ts'
import { useEdited } from '../../edited.ts'
import { html } from '../../html.ts'
import { useDoing } from '../../load.ts'
import { announce } from '../../parts/announce.ts'
import { Form, restOf, SelectField, SubmitButton, TextField } from '../../parts/fields.ts'
import { Wrong } from '../../parts/states.ts'
import { useSession } from '../../session.ts'

export interface StreakFormProps {
  /** Null for a new one. */
  readonly streak: Streak | null
  /** Whether its rules stand for good, since something counted on it. */
  readonly isFixed: boolean
  /** Makes a new one of everything that was typed. */
  readonly make?: (fields: object) => Promise<void>
  /** Told once what was changed is saved. */
  readonly again?: () => void
}

const WORDS = {
  name: 'Name',
  description: 'Description',
  aggregationMethod: 'What is added up',
  aggregationPeriod: 'Each',
  aggregationTargetValue: 'How much completes it',
  completionTargetValue: 'Begins anew after so many in a row',
  timezone: 'Time zone',
  weekStartsOn: 'Weeks begin on',
  atRiskHours: 'Warn so many hours before a period ends',
} as const
const FIELDS = Object.keys(WORDS)
const NUMBERS = ['aggregationTargetValue', 'completionTargetValue', 'atRiskHours']
const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone')]

/** Fields as they are typed: numbers stay texts until they are sent. */
function typedOf(streak: Streak | null, zone: string): Record<string, string> {
  const {
    name = '',
    description = '',
    aggregationMethod = 'count',
    aggregationPeriod = 'weekly',
  } = streak ?? {}
  const { timezone = zone, weekStartsOn = 'monday', aggregationTargetValue = 1 } = streak ?? {}
  return {
    ...{ name, description, aggregationMethod, aggregationPeriod, timezone, weekStartsOn },
    aggregationTargetValue: String(aggregationTargetValue),
    completionTargetValue: String(streak?.completionTargetValue ?? ''),
    atRiskHours: String(streak?.atRiskHours ?? ''),
  }
}

function fieldsOf(typed: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(typed).map(([name, value]) => {
      if (!NUMBERS.includes(name)) return [name, value]
      return [name, value === '' ? null : Number(value)]
    }),
  )
}

/** All that a streak is. What is fixed by the first order that counted can be seen, and says why. */
export function StreakForm({ streak, isFixed, make, again }: StreakFormProps) {
  const { account } = useSession()
  const { typed, set, save } = useEdited<Streak, Record<string, string>>({
    slug: 'streak',
    record: streak,
    typedOf: (row) => typedOf(row, account.timezone),
    fieldsOf,
    words: WORDS,
  })
  const saving = useDoing(async () => {
    if (make !== undefined) return make(fieldsOf(typed))
    await save()
    announce('Saved.')
    again?.()
  })
  const { failure } = saving
  const rest = restOf(failure, FIELDS)
  const field = (path: string) => ({
    path,
    failure,
    value: typed[path] ?? '',
    set: (value: string) => set({ [path]: value }),
  })
  const zones = [...new Set([typed.timezone ?? 'UTC', ...ZONES])].map((zone) => [zone, zone])
  return html`<${Form} submit=${saving.run} label="Streak">
    ${rest !== null && html`<${Wrong} failure=${rest} />`}
    <${TextField} label="Name" required ...${field('name')} />
    <${TextField} label="Description" rows=${3} ...${field('description')} />
    <${TextField} label="Warn so many hours before a period ends" type="number" min="1" ...${field('atRiskHours')} hint="Empty: 6 hours of a day, 24 of a week, 72 of a month." />
    ${
      isFixed &&
      html`<p class="note">An order has counted on this streak. What follows is fixed since then: changing it would change what shoppers have already earned. Make a new streak instead, and pause this one.</p>`
    }
    <${SelectField} label="What is added up" disabled=${isFixed} ...${field('aggregationMethod')} options=${[
      ['count', 'The number of purchases'],
      ['sum', 'Their amounts, or items'],
    ]} />
    <${SelectField} label="Each" disabled=${isFixed} ...${field('aggregationPeriod')} options=${[
      ['daily', 'Day'],
      ['weekly', 'Week'],
      ['monthly', 'Month'],
    ]} />
    <${TextField} label="How much completes it" type="number" min="0" step="any" required disabled=${isFixed} ...${field('aggregationTargetValue')} />
    <${TextField} label="Begins anew after so many in a row" type="number" min="1" disabled=${isFixed} ...${field('completionTargetValue')} hint="Empty: never; the row goes on for as long as it is not broken." />
    <${SelectField} label="Time zone" disabled=${isFixed} ...${field('timezone')} options=${zones} />
    <${SelectField} label="Weeks begin on" disabled=${isFixed} ...${field('weekStartsOn')} options=${[
      ['monday', 'Monday'],
      ['sunday', 'Sunday'],
    ]} />
    <${SubmitButton} isBusy=${saving.isBusy}>${streak === null ? 'Make it' : 'Save'}</${SubmitButton}>
  </${Form}>`
}

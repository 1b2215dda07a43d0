import type { CouponProvider, Milestone, Streak } from '../../../client/schema.ts'
import { useEdited } from '../../edited.ts'
import { html } from '../../html.ts'
import { useDoing } from '../../load.ts'
import { announce } from '../../parts/announce.ts'
import { Form, restOf, SelectField, SubmitButton, TextField } from '../../parts/fields.ts'
import { Wrong } from '../../parts/states.ts'
import { PERIOD_WORDS } from '../../words/periods.ts'

export interface MilestoneFormProps {
  readonly milestone: Milestone | null
  readonly streak: Streak
  readonly providers: readonly CouponProvider[]
  /** Whether somebody has earned it, so that its target stands for good. */
  readonly isFixed: boolean
  /** Makes a new one of everything that was typed. */
  readonly make?: (fields: object) => Promise<void>
  /** Told once what was changed is saved. */
  readonly again?: () => void
}

type Typed = Record<
  | 'name'
  | 'metric'
  | 'target'
  | 'repeat'
  | 'message'
  | 'onWithdrawal'
  | 'providerId'
  | 'discount'
  | 'unit'
  | 'expiresInDays'
  | 'holdDays',
  string
>

function typedOf(milestone: Milestone | null): Typed {
  const reward = milestone?.reward ?? null
  const discount = reward?.discount
  const percentage = discount !== undefined && 'percentage' in discount ? discount.percentage : null
  const amount = discount !== undefined && 'amount' in discount ? discount : null
  return {
    name: milestone?.name ?? '',
    metric: milestone?.milestoneMetric ?? 'consecutive_count',
    target: String(milestone?.milestoneTargetValue ?? ''),
    repeat: milestone?.milestoneRepeat === 'once' ? 'once' : 'each',
    message: milestone?.eudMilestoneRewardInstructionMessage ?? '',
    onWithdrawal: milestone?.onWithdrawal ?? 'keep',
    providerId: reward?.providerId ?? '',
    discount: String(percentage ?? amount?.amount ?? '10'),
    unit: amount?.currency ?? '%',
    expiresInDays: String(reward?.expiresInDays ?? ''),
    holdDays: String(reward?.holdDays ?? ''),
  }
}

/** What is not on this form, such as a smallest order, stays as it was. */
function fieldsOf(typed: Typed, milestone: Milestone | null, isFixed: boolean): Record<string, unknown> {
  const each = typed.metric === 'consecutive_count' ? 'every_streak' : 'every_period'
  const { expiresInDays: _expires, holdDays: _hold, ...kept } = milestone?.reward ?? {}
  const discount =
    typed.unit === '%'
      ? { percentage: Number(typed.discount) }
      : { amount: Number(typed.discount), currency: typed.unit }
  const reward = {
    ...kept,
    providerId: typed.providerId,
    discount,
    ...(typed.expiresInDays === '' ? {} : { expiresInDays: Number(typed.expiresInDays) }),
    ...(typed.holdDays === '' ? {} : { holdDays: Number(typed.holdDays) }),
  }
  const target = {
    milestoneMetric: typed.metric,
    milestoneTargetValue: Number(typed.target),
    milestoneRepeat: typed.repeat === 'once' ? 'once' : each,
  }
  return {
    name: typed.name,
    ...(isFixed ? {} : target),
    eudMilestoneRewardInstructionMessage: typed.message === '' ? null : typed.message,
    onWithdrawal: typed.onWithdrawal,
    reward: typed.providerId === '' ? null : reward,
  }
}

const PATHS = ['name', 'milestoneMetric', 'milestoneTargetValue', 'milestoneRepeat', 'onWithdrawal']
const MORE_PATHS = ['eudMilestoneRewardInstructionMessage', 'reward.providerId', 'reward.discount']

const WORDS = {
  name: 'Name',
  milestoneMetric: 'What has to be reached',
  milestoneTargetValue: 'How many',
  milestoneRepeat: 'How often',
  eudMilestoneRewardInstructionMessage: 'What shoppers are told',
  onWithdrawal: 'When an order it rests on is taken back',
  reward: 'The coupon',
} as const

export function MilestoneForm(props: MilestoneFormProps) {
  const { milestone, streak, providers, isFixed, make, again } = props
  const { typed, set, save } = useEdited<Milestone, Typed>({
    slug: 'milestone',
    record: milestone,
    typedOf,
    fieldsOf: (now, row) => fieldsOf(now, row, isFixed),
    words: WORDS,
  })
  const saving = useDoing(async () => {
    if (make !== undefined) return make(fieldsOf(typed, null, false))
    await save()
    announce('Saved.')
    again?.()
  })
  const { failure } = saving
  const rest = restOf(failure, [...PATHS, ...MORE_PATHS, 'reward.expiresInDays', 'reward.holdDays'])
  const field = (name: keyof Typed, path: string = name) => ({
    path,
    failure,
    value: typed[name],
    set: (value: string) => set({ [name]: value } as Partial<Typed>),
  })
  const word = PERIOD_WORDS[streak.aggregationPeriod]
  return html`<${Form} submit=${saving.run} label=${milestone === null ? 'New milestone' : `Milestone ${milestone.name}`}>
    ${rest !== null && html`<${Wrong} failure=${rest} />`}
    <${TextField} label="Name" required ...${field('name')} />
    ${isFixed && html`<p class="note">Somebody has earned this. When it is earned is fixed since then; the coupon can be changed, for those who earn it from now on.</p>`}
    <${SelectField} label="What has to be reached" disabled=${isFixed} ...${field('metric', 'milestoneMetric')} options=${[
      ['consecutive_count', `So many ${word}s in a row`],
      ['current_progress_value', `So much in one ${word}`],
    ]} />
    <${TextField} label="How many" type="number" min="0" step="any" required disabled=${isFixed} ...${field('target', 'milestoneTargetValue')} />
    <${SelectField} label="How often" disabled=${isFixed} ...${field('repeat', 'milestoneRepeat')} options=${[
      ['each', 'Each time'],
      ['once', 'Once for each shopper'],
    ]} />
    <${SelectField} label="Who makes the coupon" ...${field('providerId', 'reward.providerId')} options=${[
      ['', 'You: you enter the codes yourself'],
      ...providers.map(({ id, name }) => [id, name]),
    ]} />
    ${typed.providerId !== '' && html`<${CouponFields} field=${field} unit=${typed.unit} />`}
    <${SelectField} label="When an order it rests on is taken back" ...${field('onWithdrawal')} options=${[
      ['keep', 'Shoppers keep a coupon that was issued'],
      ['revoke', 'The coupon is taken back'],
    ]} />
    <${TextField} label="What shoppers are told" rows=${2} ...${field('message', 'eudMilestoneRewardInstructionMessage')} />
    <${SubmitButton} isBusy=${saving.isBusy}>${milestone === null ? 'Make it' : 'Save'}</${SubmitButton}>
  </${Form}>`
}

interface CouponFieldsProps {
  readonly field: (name: keyof Typed, path?: string) => object
  readonly unit: string
}

const UNITS = ['%', 'EUR', 'USD', 'GBP', 'CHF', 'CAD', 'AUD', 'JPY', 'SEK', 'NOK', 'DKK', 'PLN', 'BRL', 'INR']

function CouponFields({ field, unit }: CouponFieldsProps) {
  const units = [...new Set([unit, ...UNITS])].map((name) => [name, name === '%' ? 'per cent' : name])
  return html`<${TextField} label="Discount" type="number" min="0" step="any" required ...${field('discount', 'reward.discount')} />
    <${SelectField} label="Of what" ...${field('unit', '')} options=${units} />
    <${TextField} label="Good for so many days" type="number" min="1" ...${field('expiresInDays', 'reward.expiresInDays')} hint="Empty: as long as its provider says." />
    <${TextField} label="Wait so many days before issuing it" type="number" min="0" ...${field('holdDays', 'reward.holdDays')} hint="So that an order which is sent back earns nothing. Empty: not at all." />`
}

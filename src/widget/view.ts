import { type Cell, cellsOf } from './periods.ts'
import type { Milestone, Shown } from './read.ts'
import { counted, filled, type Words } from './words.ts'

type Child = Node | string | null

/** An element; texts become text, never markup. */
export function make(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Child[]
): HTMLElement {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children.filter((child) => child !== null))
  return element
}

export interface Look {
  readonly language: string
  readonly words: Words
  readonly now: number
  copy(code: string): void
}

/** All that is shown of a streak. */
export function streakView(shown: Shown, look: Look): Node[] {
  const { streak, memberStreak } = shown
  const { words, language } = look
  const count = memberStreak?.currentConsecutiveCount ?? 0
  const hasBegun = count > 0 || memberStreak?.streakStatus === 'active'
  return [
    make('h2', { dir: 'auto', id: 'name' }, streak.name),
    streak.description === '' ? null : make('p', { dir: 'auto', class: 'muted' }, streak.description),
    hasBegun
      ? make('p', { class: 'count' }, counted(words.inARow[streak.aggregationPeriod], language, count))
      : make('p', { class: 'muted' }, words.begin),
    hasBegun ? make('p', { class: 'muted' }, standing(shown, look)) : null,
    periodsView(cellsOf(shown, language, look.now), look),
    nextView(shown, look),
    couponsView(shown, look),
  ].filter((part) => part !== null)
}

function standing({ streak, memberStreak }: Shown, { words, language }: Look): string {
  if (memberStreak?.streakStatus === 'active') return words.safe[streak.aggregationPeriod]
  // the last moment that still belongs to the period
  const end = Date.parse(memberStreak?.currentPeriodEndAt ?? '') - 60_000
  return filled(words.atRisk, 'date', timeIn(streak.timezone, language, end))
}

/** A time as the clocks of a zone show it; to whoever lives by other clocks the zone is said. */
function timeIn(timeZone: string, language: string, instant: number): string {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, options)
  const look = { dateStyle: 'medium', timeStyle: 'short' } as const
  const there = format({ ...look, timeZone }).format(instant)
  if (there === format(look).format(instant)) return there
  const parts = format({ timeZone, timeZoneName: 'short' }).formatToParts(instant)
  return `${there} ${parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone}`
}

const MARKS: Readonly<Record<Cell['state'], string>> = { done: '✓', missed: '–', open: '○' }

function periodsView(cells: readonly Cell[], { words }: Look): HTMLElement {
  const items = cells.map(({ state, label, name }) =>
    make(
      'li',
      { class: state },
      make('span', { class: 'mark', 'aria-hidden': 'true' }, MARKS[state]),
      make('span', { 'aria-hidden': 'true' }, label),
      make('span', { class: 'unseen' }, `${name}: ${words[state]}`),
    ),
  )
  return make('ol', { class: 'periods', role: 'list', 'aria-label': words.history }, ...items)
}

function nextView(shown: Shown, look: Look): HTMLElement | null {
  const next = shown.memberStreak === null ? lowest(shown.milestones) : shown.memberStreak.nextMilestone
  if (next === null) return null
  const message = next.eudMilestoneRewardInstructionMessage
  return make(
    'div',
    {},
    make('h3', {}, look.words.next),
    make('p', {}, make('bdi', {}, next.name), ` · ${left(next, shown, look)}`),
    message === null || message === '' ? null : make('p', { class: 'muted', dir: 'auto' }, message),
  )
}

/** For those who have not begun. */
function lowest(milestones: readonly Milestone[]): Milestone | null {
  const rank = ({ milestoneMetric, milestoneTargetValue }: Milestone) =>
    milestoneTargetValue + (milestoneMetric === 'consecutive_count' ? 0 : 1e12)
  return [...milestones].sort((one, other) => rank(one) - rank(other))[0] ?? null
}

function left(
  { milestoneMetric, milestoneTargetValue }: Milestone,
  { streak, memberStreak }: Shown,
  look: Look,
): string {
  const { words, language } = look
  const period = streak.aggregationPeriod
  if (milestoneMetric === 'consecutive_count') {
    const more = milestoneTargetValue - (memberStreak?.currentConsecutiveCount ?? 0)
    return counted(words.more[period], language, more)
  }
  const more = milestoneTargetValue - (memberStreak?.currentProgressValue ?? 0)
  const written = new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(more)
  return filled(words.moreNow[period], 'n', written)
}

function couponsView({ rewards }: Shown, look: Look): HTMLElement | null {
  const { words, language, now } = look
  const good = rewards.filter(
    ({ fulfilmentStatus, couponCode, rewardExpiryAt }) =>
      fulfilmentStatus === 'issued' &&
      couponCode !== null &&
      (rewardExpiryAt === null || Date.parse(rewardExpiryAt) > now),
  )
  if (good.length === 0) return null
  const items = good.map(({ couponCode, rewardExpiryAt, redeemedAt, milestone }) => {
    const code = couponCode ?? ''
    const date = rewardExpiryAt === null ? null : new Date(rewardExpiryAt)
    const format = new Intl.DateTimeFormat(language, { dateStyle: 'medium' })
    const button = make('button', { type: 'button', 'aria-label': `${words.copy}: ${code}` }, words.copy)
    button.addEventListener('click', () => look.copy(code))
    return make(
      'li',
      {},
      make(
        'div',
        {},
        make('code', { translate: 'no', dir: 'ltr' }, code),
        make(
          'small',
          { class: 'muted' },
          milestone === null ? null : make('bdi', {}, milestone.name),
          date === null ? null : ` ${filled(words.until, 'date', format.format(date))}`,
        ),
      ),
      typeof redeemedAt === 'string' ? make('span', { class: 'muted' }, words.used) : button,
    )
  })
  return make(
    'div',
    { class: 'coupons' },
    make('h3', {}, words.coupons),
    make('ul', { role: 'list' }, ...items),
  )
}

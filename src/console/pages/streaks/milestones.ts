import { useState } from 'preact/hooks'
import type { CouponProvider, Milestone, RewardLog, Streak } from '../../../client/schema.ts'
import { create, list, patch, remove } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import { announce } from '../../parts/announce.ts'
import { AskedButton, DoButton } from '../../parts/confirm.ts'
import { Badge, Empty, Shown } from '../../parts/states.ts'
import { mayChange, useSession } from '../../session.ts'
import { discountWords } from '../../words/rewards.ts'
import { milestoneWords, STATUSES } from '../../words/streaks.ts'
import { MilestoneForm } from './milestone-form.ts'

export interface MilestonesProps {
  readonly streak: Streak
  readonly milestones: readonly Milestone[]
  readonly again: () => void
}

/** What can be earned on a streak. */
export function Milestones({ streak, milestones, again }: MilestonesProps) {
  const { user } = useSession()
  const [isAdding, setIsAdding] = useState(false)
  const providers = useLoad((signal) => list<CouponProvider>('coupon_provider', { limit: 100, signal }), [])
  const known = providers.data?.data ?? []
  const add = async (fields: object) => {
    await create('milestone', { linkedSchemaRecordId: streak.id, ...fields })
    announce('The milestone was made.')
    setIsAdding(false)
    again()
  }
  return html`<h2>Milestones</h2>
    ${milestones.length === 0 && html`<${Empty} title="Nothing can be earned yet"><p>A milestone says after how much a coupon is issued.</p></${Empty}>`}
    ${milestones.map((milestone) => html`<${OneMilestone} key=${milestone.id} milestone=${milestone} streak=${streak} providers=${known} again=${again} />`)}
    ${mayChange(user) && !isAdding && html`<div class="actions"><button type="button" onClick=${() => setIsAdding(true)}>New milestone</button></div>`}
    ${
      isAdding &&
      html`<section class="card"><h3>New milestone</h3>
        <${MilestoneForm} milestone=${null} streak=${streak} providers=${known} isFixed=${false} make=${add} />
        <button type="button" onClick=${() => setIsAdding(false)}>Leave it</button></section>`
    }`
}

interface OneProps {
  readonly milestone: Milestone
  readonly streak: Streak
  readonly providers: readonly CouponProvider[]
  readonly again: () => void
}

function OneMilestone({ milestone, streak, providers, again }: OneProps) {
  const { user } = useSession()
  const [words, tone] = STATUSES[milestone.status]
  const provider = providers.find(({ id }) => id === milestone.reward?.providerId)
  return html`<section class="card"><h3><bdi>${milestone.name}</bdi></h3>
    <p><${Badge} tone=${tone}>${words}</${Badge}></p>
    <p>${discountWords(milestone.reward)}, ${milestoneWords(milestone, streak)}${provider === undefined ? '' : html`, from <bdi>${provider.name}</bdi>`}.</p>
    ${milestone.onWithdrawal === 'revoke' && html`<p class="small">A coupon that was issued is taken back when what it rests on is.</p>`}
    ${mayChange(user) && html`<${Changing} milestone=${milestone} streak=${streak} providers=${providers} again=${again} />`}
  </section>`
}

/** Whether it is fixed is asked for when somebody wants to change it. */
function Changing({ milestone, streak, providers, again }: OneProps) {
  const [isOpen, setIsOpen] = useState(false)
  const set = (status: Milestone['status']) => async () => {
    await patch('milestone', milestone.id, { status })
    again()
  }
  return html`<div class="actions">
      ${
        milestone.status === 'live'
          ? html`<${DoButton} act=${set('paused')} said="The milestone is paused: nothing is earned by it.">Pause</${DoButton}>`
          : html`<${DoButton} act=${set('live')} said="The milestone is live.">Go live</${DoButton}>`
      }
      <button type="button" aria-expanded=${isOpen ? 'true' : 'false'} onClick=${() => setIsOpen(!isOpen)}>Change</button>
    </div>
    ${isOpen && html`<${Editing} milestone=${milestone} streak=${streak} providers=${providers} again=${again} />`}`
}

function Editing({ milestone, streak, providers, again }: OneProps) {
  const granted = useLoad(
    async (signal) => {
      const filters = { fieldSlug: 'milestoneId', operator: 'EQUALS', value: milestone.id }
      const { data } = await list<RewardLog>('reward_log', { filters, fields: ['id'], limit: 1, signal })
      return { isFixed: data.length > 0 }
    },
    [milestone.id],
  )
  const erase = async () => {
    await remove('milestone', milestone.id)
    again()
  }
  const show = ({ isFixed }: { readonly isFixed: boolean }) => html`
    <${MilestoneForm} key=${milestone.id} milestone=${milestone} streak=${streak} providers=${providers} isFixed=${isFixed} again=${again} />
    ${
      isFixed
        ? html`<p class="small">It cannot be deleted: somebody has earned it. Pause it to retire it.</p>`
        : html`<${AskedButton} label="Delete" title="Delete this milestone" isDanger=${true} act=${erase} said="The milestone was deleted."><p>Nobody has earned it yet.</p></${AskedButton}>`
    }`
  return html`<${Shown} of=${granted} what="What was earned">${show}</${Shown}>`
}

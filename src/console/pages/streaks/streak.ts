import type { Connector, Milestone, Streak, StreakLog } from '../../../client/schema.ts'
import { list, patch, read, remove } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import type { PageProps } from '../../pages.ts'
import { AskedButton, DoButton } from '../../parts/confirm.ts'
import { Badge, Shown } from '../../parts/states.ts'
import { Title } from '../../parts/title.ts'
import { Link, navigate } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { STATUSES, streakWords } from '../../words/streaks.ts'
import { ForecastCard } from '../begin/forecast.ts'
import { CountsFor, feeds } from './counts-for.ts'
import { Milestones } from './milestones.ts'
import { StreakForm } from './streak-form.ts'

interface Given {
  readonly streak: Streak
  readonly milestones: readonly Milestone[]
  readonly connectors: readonly Connector[]
  /** Those of them whose orders count for it. */
  readonly feeding: readonly Connector[]
  readonly hasLogs: boolean
}

async function readAll(id: string, signal: AbortSignal): Promise<Given> {
  const [streak, milestones, connectors, logs] = await Promise.all([
    read<Streak>('streak', id),
    list<Milestone>('milestone', {
      filters: { fieldSlug: 'linkedSchemaRecordId', operator: 'EQUALS', value: id },
      limit: 200,
      signal,
    }),
    list<Connector>('connector', { limit: 100, signal }),
    list<StreakLog>('streak_log', {
      filters: { fieldSlug: 'streakId', operator: 'EQUALS', value: id },
      fields: ['id'],
      limit: 1,
      signal,
    }),
  ])
  return {
    streak,
    milestones: milestones.data,
    connectors: connectors.data,
    feeding: connectors.data.filter((connector) => feeds(connector, streak)),
    hasLogs: logs.data.length > 0,
  }
}

/** One streak: its state, its milestones, its settings. */
export function StreakPage({ params }: PageProps) {
  const given = useLoad((signal) => readAll(params.id ?? '', signal), [params.id])
  return html`<p><${Link} to="/streaks">All streaks</${Link}></p>
    <${Title}>${given.data === null ? 'Streak' : html`<bdi>${given.data.streak.name}</bdi>`}</${Title}>
    <${Shown} of=${given} what="The streak">${(data: Given) => html`<${Told} given=${data} again=${given.reload} />`}</${Shown}>`
}

interface ToldProps {
  readonly given: Given
  readonly again: () => void
}

function Told({ given, again }: ToldProps) {
  const { streak, milestones, connectors, feeding, hasLogs } = given
  const { user } = useSession()
  const [words, tone] = STATUSES[streak.status]
  return html`<p><${Badge} tone=${tone}>${words}</${Badge}> ${streakWords(streak)}. Times in ${streak.timezone}.</p>
    ${streak.description !== '' && html`<p dir="auto">${streak.description}</p>`}
    <${CountsFor} streak=${streak} connectors=${connectors} again=${again} />
    ${mayChange(user) && html`<${State} given=${given} again=${again} />`}
    <${ForecastCard} streak=${streak} milestones=${milestones} connectors=${feeding} />
    <${Milestones} streak=${streak} milestones=${milestones} again=${again} />
    ${mayChange(user) && html`<h2>Settings</h2><${StreakForm} key=${streak.id} streak=${streak} isFixed=${hasLogs} again=${again} />`}`
}

/** Live, paused, retired; deleted where nothing rests on it. */
function State({ given, again }: ToldProps) {
  const { streak, milestones, feeding, hasLogs } = given
  const set = (status: Streak['status']) => async () => {
    await patch('streak', streak.id, { status })
    again()
  }
  const erase = async () => {
    await remove('streak', streak.id)
    navigate('/streaks', { replaces: true })
  }
  const isFree = !hasLogs && milestones.length === 0 && feeding.length === 0
  return html`<div class="actions">
    ${streak.status !== 'live' && html`<${DoButton} act=${set('live')} said="The streak is live.">${streak.status === 'draft' ? 'Go live' : 'Go on'}</${DoButton}>`}
    ${
      streak.status === 'live' &&
      html`<${AskedButton} label="Pause" title="Pause this streak" act=${set('paused')} said="The streak is paused.">
        <p>While it is paused no order counts. The clock goes on: days, weeks and months end, and streaks of shoppers break. To retire it for good, pause it and leave it so: what was earned stays.</p></${AskedButton}>`
    }
    ${
      isFree &&
      html`<${AskedButton} label="Delete" title="Delete this streak" isDanger=${true} act=${erase} said="The streak was deleted.">
        <p>Nothing has counted on it, and nothing rests on it.</p></${AskedButton}>`
    }
  </div>
  ${!isFree && html`<p class="small">It cannot be deleted: ${whyKept(given)}. Pause it to retire it.</p>`}`
}

function whyKept({ hasLogs, milestones, feeding }: Given): string {
  const why = []
  if (hasLogs) why.push('orders have counted on it')
  if (milestones.length > 0) why.push('it has milestones')
  if (feeding.length > 0) why.push('a shop counts for it')
  return why.join(', ')
}

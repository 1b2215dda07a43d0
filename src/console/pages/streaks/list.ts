import type { Streak } from '../../../client/schema.ts'
import { html } from '../../html.ts'
import { Badge, Empty } from '../../parts/states.ts'
import { ListTable } from '../../parts/table.ts'
import { Title } from '../../parts/title.ts'
import { Link } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { STATUSES, streakWords } from '../../words/streaks.ts'

export function StreaksPage() {
  const { user } = useSession()
  const columns = [
    {
      label: 'Streak',
      show: (row: Streak) => html`<${Link} to=${`/streaks/${row.id}`}><bdi>${row.name}</bdi></${Link}>`,
    },
    {
      label: 'State',
      show: (row: Streak) =>
        html`<${Badge} tone=${STATUSES[row.status][1]}>${STATUSES[row.status][0]}</${Badge}>`,
    },
    { label: 'What it asks for', show: (row: Streak) => streakWords(row) },
    { label: 'Time zone', show: (row: Streak) => row.timezone },
  ]
  const none = html`<${Empty} title="There is no streak yet">${mayChange(user) && html`<p><${Link} to="/begin/streak">Make one in a sentence</${Link}></p>`}</${Empty}>`
  return html`<${Title}>Streaks</${Title}>
    ${
      mayChange(user) &&
      html`<div class="actions"><${Link} to="/begin/streak" class="button primary">New streak, in a sentence</${Link}
        ><${Link} to="/streaks/new" class="button">New streak, with every setting</${Link}></div>`
    }
    <${ListTable} slug="streak" caption="Streaks" columns=${columns} keyOf=${(row: Streak) => row.id} empty=${none} />`
}

import { useState } from 'preact/hooks'
import type { Connector, Streak } from '../../../client/schema.ts'
import { patch, read } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useDoing } from '../../load.ts'
import { announce } from '../../parts/announce.ts'
import { AskedButton } from '../../parts/confirm.ts'
import { Form, SelectField, SubmitButton, TextField } from '../../parts/fields.ts'
import { Wrong } from '../../parts/states.ts'
import { Link } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'

export interface CountsForProps {
  readonly streak: Streak
  /** All that there are. */
  readonly connectors: readonly Connector[]
  readonly again: () => void
}

/** Whether a rule of the connector feeds the streak. */
export const feeds = ({ rules }: Connector, { id }: Streak): boolean =>
  rules.some(({ streakId }) => streakId === id)

/** Whose orders count for a streak, and the way to have those of another shop count too. */
export function CountsFor({ streak, connectors, again }: CountsForProps) {
  const { user } = useSession()
  const feeding = connectors.filter((connector) => feeds(connector, streak))
  const others = connectors.filter((connector) => !feeds(connector, streak))
  const stop = (id: string) => async () => {
    const { rules } = await read<Connector>('connector', id)
    await patch('connector', id, { rules: rules.filter(({ streakId }) => streakId !== streak.id) })
    again()
  }
  return html`${feeding.length === 0 && html`<p class="note">No shop’s orders count for it yet.</p>`}
    ${feeding.length > 0 && html`<p>Orders of ${feeding.map(({ id, name }, at) => html`${at > 0 && ', '}<${Link} key=${id} to=${`/connectors/${id}`}><bdi>${name}</bdi></${Link}>`)} count for it.</p>`}
    ${
      mayChange(user) &&
      feeding.map(
        ({ id, name }) =>
          html`<${AskedButton} key=${id} label=${html`Stop counting orders of <bdi>${name}</bdi>`} title="Stop counting its orders" act=${stop(id)} said="Its orders do not count any more.">
            <p>New orders of <bdi>${name}</bdi> do not count on this streak any more. What has counted stays.</p></${AskedButton}> `,
      )
    }
    ${mayChange(user) && connectors.length === 0 && html`<p><${Link} to="/connectors/new">Connect a shop</${Link}></p>`}
    ${mayChange(user) && others.length > 0 && html`<${Count} key=${others.map(({ id }) => id).join(' ')} streak=${streak} connectors=${others} again=${again} />`}`
}

type Value = Connector['rules'][number]['value']

const VALUES: readonly (readonly [Value, string])[] = [
  ['order_total', 'What was paid for the order'],
  ['order_subtotal', 'What was paid for its products'],
  ['item_count', 'How many items it has'],
  ['one', 'One for each order'],
]

function Count({ streak, connectors, again }: CountsForProps) {
  const [id, setId] = useState(connectors[0]!.id)
  const [value, setValue] = useState<Value>('order_total')
  const [currency, setCurrency] = useState('')
  const isSum = streak.aggregationMethod === 'sum'
  const isAmount = isSum && (value === 'order_total' || value === 'order_subtotal')
  const counting = useDoing(async () => {
    const { rules } = await read<Connector>('connector', id)
    const rule = {
      streakId: streak.id,
      value: isSum ? value : 'one',
      ...(isAmount ? { currency: currency.trim().toUpperCase() } : {}),
    }
    await patch('connector', id, { rules: [...rules, rule] })
    announce('Its orders count from now on.')
    again()
  })
  return html`<details><summary>Count the orders of another shop</summary>
    <${Form} submit=${counting.run} label="Count the orders of another shop">
      ${counting.failure !== null && html`<${Wrong} failure=${counting.failure} />`}
      <${SelectField} label="Shop" value=${id} set=${setId} options=${connectors.map((each) => [each.id, each.name])} />
      ${isSum && html`<${SelectField} label="What is added up of an order" value=${value} set=${setValue} options=${VALUES} />`}
      ${isAmount && html`<${TextField} label="Currency" required value=${currency} set=${setCurrency} hint="Such as EUR; orders in others do not count." />`}
      <${SubmitButton} isBusy=${counting.isBusy}>Count its orders</${SubmitButton}>
    </${Form}></details>`
}

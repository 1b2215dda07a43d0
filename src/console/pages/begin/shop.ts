import { useState } from 'preact/hooks'
import { patch } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useDoing } from '../../load.ts'
import { Form, restOf, SelectField, SubmitButton, TextField } from '../../parts/fields.ts'
import { Wrong } from '../../parts/states.ts'
import { Title } from '../../parts/title.ts'
import { Link, navigate } from '../../router.ts'
import { isOwner, mayChange, useSession } from '../../session.ts'
import { Steps } from './steps.ts'

const BROWSER_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone
const ZONES = [...new Set(['UTC', BROWSER_ZONE, ...Intl.supportedValuesOf('timeZone')])].map(
  (zone) => [zone, zone] as const,
)
/** What an account is called, and where it lies, before anybody has said so. */
const UNSAID = { name: 'My shop', timezone: 'UTC' }

export function BeginShop() {
  const { account, user, reload } = useSession()
  const [name, setName] = useState(account.name === UNSAID.name ? '' : account.name)
  const [timezone, setTimezone] = useState(
    account.timezone === UNSAID.timezone ? BROWSER_ZONE : account.timezone,
  )
  const saving = useDoing(async () => {
    await patch('account', account.id, { name, timezone })
    await reload()
    navigate('/begin/connect')
  })
  const rest = restOf(saving.failure, ['name', 'timezone'])
  return html`<${Title}>Your shop</${Title}><${Steps} now="shop" />
    ${
      isOwner(user)
        ? html`<${Form} submit=${saving.run}>
            ${rest !== null && html`<${Wrong} failure=${rest} />`}
            <${TextField} label="Name of the shop" path="name" required value=${name} set=${setName} failure=${saving.failure} />
            <${SelectField} label="Time zone" path="timezone" value=${timezone} set=${setTimezone} options=${ZONES} failure=${saving.failure}
              hint="Days, weeks and months of new streaks begin and end by this clock." />
            <${SubmitButton} isBusy=${saving.isBusy}>Go on</${SubmitButton}>
          </${Form}>`
        : html`<p><bdi>${account.name}</bdi>, times in ${account.timezone}. Only owners can change this.</p>
            ${mayChange(user) && html`<p><${Link} to="/begin/connect" class="button primary">Go on</${Link}></p>`}`
    }`
}

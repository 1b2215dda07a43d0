import { useRef, useState } from 'preact/hooks'
import type { Connector, CouponProvider } from '../../../client/schema.ts'
import { readConnectors, readProviders } from '../../api/setup.ts'
import { html } from '../../html.ts'
import { useDoing, useLoad } from '../../load.ts'
import { Form, restOf, SubmitButton, TextField } from '../../parts/fields.ts'
import { Shown, Wrong } from '../../parts/states.ts'
import { Title } from '../../parts/title.ts'
import { Link, navigate } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { type Made, make, type Offer, PERIODS, USUAL } from './offer.ts'
import { ProviderField, providerOptions } from './provider-field.ts'
import { Steps } from './steps.ts'

interface Given {
  readonly connectors: readonly Connector[]
  readonly providers: readonly CouponProvider[]
}

async function read(signal: AbortSignal): Promise<Given> {
  const [connectors, providers] = await Promise.all([readConnectors(signal), readProviders(signal)])
  return { connectors, providers }
}

export function BeginStreak() {
  const { user } = useSession()
  const given = useLoad(read, [])
  const show = (data: Given) => html`<${Sentence} ...${data} />`
  return html`<${Title}>The streak</${Title}><${Steps} now="streak" />
    ${mayChange(user) ? html`<${Shown} of=${given}>${show}</${Shown}>` : html`<p>Your role reads. Ask an owner to set up a streak.</p>`}`
}

const SHOWN_AT = ['codes', 'settings.url', 'credentials.signingSecret', 'reward.expiresInDays']

function Sentence({ connectors, providers }: Given) {
  const [offer, setOffer] = useState<Offer>(() => ({
    ...USUAL,
    provider: providerOptions(connectors, providers)[0]!.value,
  }))
  const made = useRef<Made>({})
  const set = (change: Partial<Offer>) => {
    // another way to coupons is another provider: what was made for the one before is left alone
    if ('provider' in change) delete made.current.provider
    setOffer((before) => ({ ...before, ...change }))
  }
  const making = useDoing(async () => {
    await make(offer, connectors, made.current)
    navigate(`/begin/live/${made.current.streak?.id}`)
  })
  const { failure } = making
  const rest = restOf(failure, SHOWN_AT)
  return html`<${Form} submit=${making.run} label="The streak">
    <${SentenceFields} offer=${offer} set=${set} />
    <${ProviderField} offer=${offer} set=${set} connectors=${connectors} providers=${providers} failure=${failure} />
    <${TextField} label="Coupons are good for so many days" path="reward.expiresInDays" type="number" min="1" max="3650" value=${offer.expiresInDays} set=${(expiresInDays: string) => set({ expiresInDays })} failure=${failure} hint="Empty: they do not end." />
    ${connectors.length === 0 && html`<p class="note">No shop is connected yet, so nothing will count. <${Link} to="/begin/connect">Connect one</${Link}></p>`}
    ${rest !== null && html`<${Wrong} failure=${rest} />`}
    <${SubmitButton} isBusy=${making.isBusy}>Go on</${SubmitButton}>
    <p class="hint">Nothing counts yet: on the next page you see what it would have brought, and put it live.</p>
  </${Form}>`
}

interface SentenceProps {
  readonly offer: Offer
  readonly set: (change: Partial<Offer>) => void
}

/** “A purchase every week: 10 % after 4 in a row, every 4.” Each part that can be chosen is a field with a name. */
function SentenceFields({ offer, set }: SentenceProps) {
  const value = (event: Event) => (event.target as HTMLInputElement).value
  return html`<fieldset><legend class="hidden">What shoppers do, and what they get</legend><p class="sentence">
    A purchase every${' '}
    <select aria-label="How often" value=${offer.period} onChange=${(event: Event) => set({ period: value(event) as Offer['period'] })}>
      ${PERIODS.map(([name, label]) => html`<option key=${name} value=${name} selected=${name === offer.period}>${label}</option>`)}
    </select>:${' '}
    <input aria-label="Discount" type="number" required min="0.01" step="0.01" max=${offer.unit === '%' ? 100 : undefined} value=${offer.discount} onInput=${(event: Event) => set({ discount: value(event) })} />${' '}
    <select aria-label="Per cent or an amount" value=${offer.unit} onChange=${(event: Event) => set({ unit: value(event) })}>
      ${['%', 'EUR', 'USD', 'GBP', 'CHF', 'JPY', 'CAD', 'AUD', 'SEK', 'PLN'].map((unit) => html`<option key=${unit} value=${unit} selected=${unit === offer.unit}>${unit}</option>`)}
    </select>${' '}
    off after${' '}
    <input aria-label="How many in a row" type="number" required min="2" max="1000" step="1" value=${offer.target} onInput=${(event: Event) => set({ target: value(event) })} />${' '}
    in a row,${' '}
    <select aria-label="How often the reward is given" value=${offer.repeats} onChange=${(event: Event) => set({ repeats: value(event) as Offer['repeats'] })}>
      <option value="cycles" selected=${offer.repeats === 'cycles'}>again after every ${offer.target || '…'}</option>
      <option value="once" selected=${offer.repeats === 'once'}>once for each shopper</option>
    </select>.
  </p></fieldset>`
}

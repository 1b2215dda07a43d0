import type { Connector, CouponProvider } from '../../../client/schema.ts'
import type { Failure } from '../../api/failure.ts'
import { html } from '../../html.ts'
import { ChoiceField, TextField } from '../../parts/fields.ts'
import { count } from '../../words/format.ts'
import { KINDS, kindAt, lacksOf } from '../coupons/provider-kinds.ts'
import { codesIn, type Offer } from './offer.ts'

export interface ProviderFieldProps {
  readonly offer: Offer
  readonly set: (change: Partial<Offer>) => void
  readonly connectors: readonly Connector[]
  readonly providers: readonly CouponProvider[]
  readonly failure: Failure | null
}

/** Where coupons come from: a shop that is connected, codes of one's own, a service; with what it lacks said at once. */
export function ProviderField({ offer, set, connectors, providers, failure }: ProviderFieldProps) {
  const kind = offer.provider.split(' ')[0]
  return html`<${ChoiceField} legend="Where do the coupons come from?" value=${offer.provider} set=${(provider: string) => set({ provider })}
      options=${providerOptions(connectors, providers)} />
    ${
      kind === 'pool' &&
      html`<${TextField} label="Your codes" path="codes" rows=${5} value=${offer.codes} set=${(codes: string) => set({ codes })} failure=${failure}
        hint=${codesIn(offer.codes).length === 0 ? 'One a line. Without codes rewards wait until you upload some.' : `${count(codesIn(offer.codes).length)} codes.`} />`
    }
    ${
      kind === 'http' &&
      html`<${TextField} label="Address of the service" path="settings.url" type="url" required value=${offer.url} set=${(url: string) => set({ url })} failure=${failure}
          hint="Your developer knows it: a service that makes a coupon when it is asked to." />
        <${TextField} label="Signing secret" path="credentials.signingSecret" required autocomplete="off" value=${offer.signingSecret} set=${(signingSecret: string) => set({ signingSecret })} failure=${failure}
          hint="By it the service knows that it is Streakline that asks." />`
    }
    ${kind === 'none' && html`<p class="note">Streakline then only says who has earned a reward; you enter the codes yourself.</p>`}`
}

export function providerOptions(connectors: readonly Connector[], providers: readonly CouponProvider[]) {
  const shops = connectors.flatMap((connector) => {
    const { id, name, installation } = connector
    const kind = kindAt(connector)
    if (kind === null || installation.state !== 'installed' || installation.method === 'manual') return []
    const [lack] = lacksOf(kind, connector)
    const hint = lack ?? `Each shopper gets a code of their own in ${KINDS[kind]}.`
    return [{ value: `${kind} ${id}`, label: `Made in ${name}`, hint }]
  })
  const present = providers.map(({ id, name, health }) => ({
    value: id,
    label: name,
    hint:
      health.state === 'ok'
        ? 'You have used it before.'
        : `Paused: ${health.lastError?.message ?? 'it does not answer'}`,
  }))
  return [
    ...shops,
    ...present,
    {
      value: 'pool',
      label: 'From a list of codes',
      hint: 'You make codes in your shop and paste them here; each is given out once.',
    },
    { value: 'http', label: 'From a service of ours', hint: 'A program of yours makes each coupon.' },
    { value: 'none', label: 'By hand', hint: 'You see who earned one and enter the code.' },
  ]
}

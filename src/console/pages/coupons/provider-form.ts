import type { Connector, CouponProvider } from '../../../client/schema.ts'
import type { Failure } from '../../api/failure.ts'
import { useEdited } from '../../edited.ts'
import { html } from '../../html.ts'
import { useDoing } from '../../load.ts'
import { announce } from '../../parts/announce.ts'
import { CheckField, Form, restOf, SelectField, SubmitButton, TextField } from '../../parts/fields.ts'
import { Wrong } from '../../parts/states.ts'
import {
  isSecret,
  KIND_FIELDS,
  type Kind,
  type KindField,
  lacksOf,
  needsConnector,
} from './provider-kinds.ts'

type Typed = Readonly<Record<string, string>>

export interface ProviderFormProps {
  readonly kind: Kind
  /** null for a new one. */
  readonly provider: CouponProvider | null
  /** Those of the kind, of which a new one takes the access. */
  readonly connectors: readonly Connector[]
  /** Makes a new one of everything that was typed. */
  readonly make?: (fields: object) => Promise<void>
  /** Told once what was changed is saved. */
  readonly again?: () => void
}

const WORDS = { name: 'Name', settings: 'What it needs to know', credentials: 'Its secrets' } as const
const COMBINES = [
  ['order', 'Discounts on the whole order'],
  ['product', 'Discounts on products'],
  ['shipping', 'Discounts on shipping'],
] as const

function typedOf(kind: Kind, provider: CouponProvider | null, connectors: readonly Connector[]): Typed {
  const settings = (provider?.settings ?? {}) as Readonly<Record<string, unknown>>
  const combines = (settings.combinesWith ?? {}) as Readonly<Record<string, boolean>>
  return {
    name: provider?.name ?? '',
    connectorId: connectors[0]?.id ?? '',
    customerBound: String(settings.customerBound ?? 'when_known'),
    ...Object.fromEntries(COMBINES.map(([name]) => [name, combines[name] === true ? 'yes' : ''])),
    ...Object.fromEntries(
      KIND_FIELDS[kind].map((field) => [
        field.path,
        isSecret(field) ? '' : String(settings[field.path.slice('settings.'.length)] ?? ''),
      ]),
    ),
  }
}

function settingsOf(kind: Kind, typed: Typed): object {
  if (kind === 'shopify') {
    const combinesWith = Object.fromEntries(COMBINES.map(([name]) => [name, typed[name] === 'yes']))
    return { customerBound: typed.customerBound, combinesWith }
  }
  return ofPart(kind, typed, 'settings.')
}

/** What was typed for one part of the request; what is empty is left out. */
function ofPart(kind: Kind, typed: Typed, part: string): Record<string, string> {
  const given = KIND_FIELDS[kind].filter(({ path }) => path.startsWith(part) && (typed[path] ?? '') !== '')
  return Object.fromEntries(given.map(({ path }) => [path.slice(part.length), (typed[path] ?? '').trim()]))
}

/** The request: of one that is there its kind and its shop stand for good, and secrets that were not typed stay. */
function bodyOf(kind: Kind, provider: CouponProvider | null, typed: Typed): Record<string, unknown> {
  const credentials = ofPart(kind, typed, 'credentials.')
  return {
    name: typed.name,
    ...(kind === 'pool' ? {} : { settings: settingsOf(kind, typed) }),
    ...(Object.keys(credentials).length === 0 ? {} : { credentials }),
    ...(provider === null ? { provider: kind } : {}),
    ...(provider === null && needsConnector(kind) ? { connectorId: typed.connectorId } : {}),
  }
}

/** All values of a provider of one kind. */
export function ProviderForm(props: ProviderFormProps) {
  const { kind, provider, connectors, make, again } = props
  const edited = useEdited<CouponProvider, Typed>({
    slug: 'coupon_provider',
    record: provider,
    typedOf: (row) => typedOf(kind, row, connectors),
    fieldsOf: (now, row) => bodyOf(kind, row, now),
    words: WORDS,
  })
  const { typed } = edited
  const set = (name: string) => (value: string) => edited.set({ [name]: value })
  const saving = useDoing(async () => {
    if (make !== undefined) await make(bodyOf(kind, null, typed))
    else await edited.save()
    announce('Saved.')
    again?.()
  })
  const { failure } = saving
  const paths = ['name', 'connectorId', ...KIND_FIELDS[kind].map(({ path }) => path)]
  const rest = restOf(failure, paths)
  return html`<${Form} submit=${saving.run} label=${provider === null ? 'New provider' : 'What it needs to know'}>
    ${rest !== null && html`<${Wrong} failure=${rest} />`}
    <${TextField} label="Name" path="name" required value=${typed.name} set=${set('name')} failure=${failure} hint="As you want to call it here." />
    ${provider === null && needsConnector(kind) && html`<${ShopField} kind=${kind} connectors=${connectors} value=${typed.connectorId} set=${set('connectorId')} failure=${failure} />`}
    ${kind === 'shopify' && html`<${ShopifyFields} typed=${typed} set=${set} />`}
    ${KIND_FIELDS[kind].map((field) => html`<${ValueField} key=${field.path} field=${field} isNew=${provider === null} value=${typed[field.path]} set=${set(field.path)} failure=${failure} />`)}
    <${SubmitButton} isBusy=${saving.isBusy}>${provider === null ? 'Make it' : 'Save'}</${SubmitButton}>
  </${Form}>`
}

interface ValueFieldProps {
  readonly field: KindField
  readonly isNew: boolean
  readonly value: string
  readonly set: (value: string) => void
  readonly failure: Failure | null
}

function ValueField({ field, isNew, value, set, failure }: ValueFieldProps) {
  const { path, label, hint, type = 'text', isRequired = false } = field
  const stays =
    isSecret(field) && !isNew ? ' Stored and never shown; leave it empty to keep what there is.' : ''
  return html`<${TextField} label=${label} path=${path} type=${type} required=${isRequired} autocomplete="off" value=${value} set=${set} failure=${failure} hint=${`${hint}${stays}`} />`
}

interface ShopFieldProps {
  readonly kind: Kind
  readonly connectors: readonly Connector[]
  readonly value: string | undefined
  readonly set: (value: string) => void
  readonly failure: Failure | null
}

/** With whose access coupons are made, and what that lacks at once. */
function ShopField({ kind, connectors, value, set, failure }: ShopFieldProps) {
  const chosen = connectors.find(({ id }) => id === value)
  return html`<${SelectField} label="Made in" path="connectorId" value=${value} set=${set} failure=${failure} options=${connectors.map(({ id, name }) => [id, name])} />
    ${chosen !== undefined && lacksOf(kind, chosen).map((lack) => html`<p class="note" key=${lack}>${lack}</p>`)}`
}

function ShopifyFields({
  typed,
  set,
}: {
  readonly typed: Typed
  readonly set: (name: string) => (value: string) => void
}) {
  return html`<${SelectField} label="Who can use a code" value=${typed.customerBound} set=${set('customerBound')} options=${[
    ['when_known', 'The shopper who earned it, where the shop knows them'],
    ['never', 'Everybody who has it'],
  ]} />
    <fieldset class="choices"><legend>Can be combined with</legend>
      ${COMBINES.map(([name, label]) => html`<${CheckField} key=${name} label=${label} value=${typed[name] === 'yes'} set=${(isOn: boolean) => set(name)(isOn ? 'yes' : '')} />`)}</fieldset>`
}

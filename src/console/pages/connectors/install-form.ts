import { useRef, useState } from 'preact/hooks'
import type { Connector } from '../../../client/schema.ts'
import { act, create, patch } from '../../api/records.ts'
import { html } from '../../html.ts'
import { useDoing } from '../../load.ts'
import { ChoiceField, Form, restOf, SubmitButton, TextField } from '../../parts/fields.ts'
import { Wrong } from '../../parts/states.ts'
import { type Fields, PretendOffer } from './pretend-shop.ts'
import { PLATFORMS, type Platform, SHOP_FIELD, WAYS, type Way } from './words.ts'

export interface InstallFormProps {
  readonly platform: Platform
  /** One that is there already; without it one is made. */
  readonly connector?: Connector
  readonly done: (connector: Connector) => void
}

/** Connects a shop: makes the connector where there is none, and lets the platform be asked for everything else. */
export function InstallForm({ platform, connector, done }: InstallFormProps) {
  const ways = WAYS[platform]
  const shopField = SHOP_FIELD[platform]
  const [method, setMethod] = useState(ways[0]!.method)
  const [shop, setShop] = useState(shopIn(connector, shopField?.name))
  const [given, setGiven] = useState<Fields>({})
  const made = useRef<Connector | undefined>(connector)
  const way = ways.find((each) => each.method === method) ?? ways[0]!
  const installing = useDoing(async () => {
    made.current = await place(made.current, platform, shopField?.name, shop.trim())
    const { data, authorizeUrl } = await act<{ data: Connector; authorizeUrl?: string }>(
      'connector',
      made.current.id,
      'install',
      bodyOf(way, given),
    )
    if (authorizeUrl !== undefined) location.assign(authorizeUrl)
    else done(data)
  })
  const fill = (fields: Fields) => {
    setMethod(ways[0]!.method)
    setShop(fields[shopField?.name ?? ''] ?? '')
    setGiven(fields)
  }
  const { failure } = installing
  const rest = restOf(failure, [...way.fields.map(({ path }) => path), `settings.${shopField?.name}`])
  return html`<${Form} submit=${installing.run} label=${`Connect ${PLATFORMS[platform]}`}>
    <${PretendOffer} platform=${platform} fill=${fill} />
    <${ChoiceField} legend="How" value=${method} set=${setMethod} options=${ways.map((each) => ({ value: each.method, label: each.label, hint: each.hint }))} />
    ${
      shopField !== null &&
      html`<${TextField} label=${shopField.label} hint=${shopField.hint} path=${`settings.${shopField.name}`} required value=${shop} set=${setShop} failure=${failure} />`
    }
    ${way.fields.map(
      (
        field,
      ) => html`<${TextField} key=${`${method} ${field.path}`} label=${field.label} hint=${field.hint} path=${field.path} required autocomplete="off" value=${given[field.path] ?? ''}
        set=${(value: string) => setGiven((before) => ({ ...before, [field.path]: value }))} failure=${failure} />`,
    )}
    ${rest !== null && html`<${Wrong} failure=${rest} />`}
    ${
      failure?.code === 'PUBLIC_URL_MISSING' &&
      html`<p class="note">Shops must be able to reach this server. Whoever runs it sets <code>STREAKLINE_PUBLIC_URL</code> to its address in the internet and starts it again; or you connect by hand.</p>`
    }
    <${SubmitButton} isBusy=${installing.isBusy}>Connect</${SubmitButton}>
  </${Form}>`
}

function shopIn(connector: Connector | undefined, name: string | undefined): string {
  const settings: Readonly<Record<string, unknown>> = connector?.settings ?? {}
  return name === undefined ? '' : String(settings[name] ?? '')
}

function bodyOf(way: Way, given: Readonly<Record<string, string>>) {
  const fields = way.fields.map(({ path }) => {
    const value = (given[path] ?? '').trim()
    return [path, path === 'webhookSecrets' ? [value] : value] as const
  })
  return { method: way.method, ...Object.fromEntries(fields) }
}

/** The connector as it was typed. A second try takes the one that the first has made. */
async function place(
  present: Connector | undefined,
  platform: Platform,
  field: string | undefined,
  shop: string,
): Promise<Connector> {
  const settings = field === undefined ? {} : { [field]: shop }
  if (present === undefined) {
    const name = shop === '' ? PLATFORMS[platform] : `${PLATFORMS[platform]} ${shop}`.slice(0, 256)
    return create<Connector>('connector', { name, platform, settings })
  }
  if (field === undefined || shopIn(present, field) === shop) return present
  return patch<Connector>('connector', present.id, { settings: { ...present.settings, ...settings } })
}

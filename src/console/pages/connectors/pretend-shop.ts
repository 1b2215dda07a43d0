import { useState } from 'preact/hooks'
import { request } from '../../api/request.ts'
import { html } from '../../html.ts'
import { useLoad } from '../../load.ts'
import { PLATFORMS, type Platform } from './words.ts'

/** What connecting asks for, by name. */
export type Fields = Readonly<Record<string, string>>

interface PretendShop {
  readonly platform: Platform
  readonly origin: string
  /** null: it does not answer. */
  readonly fields: Fields | null
}

export interface PretendOfferProps {
  readonly platform: Platform
  readonly fill: (fields: Fields) => void
}

/**
 * Offers a shop that is played on the server's machine, where whoever runs Streakline allows it. Without one there is
 * nothing to see, also where nobody could be asked: the form below works as ever.
 */
export function PretendOffer({ platform, fill }: PretendOfferProps) {
  const asked = useLoad(
    (signal) =>
      request<{ data: readonly PretendShop[] }>('GET', '/console/pretend-shops', undefined, { signal }),
    [],
  )
  const [isFilled, setIsFilled] = useState(false)
  const shop = asked.data?.data.find((each) => each.platform === platform)
  if (shop === undefined) return null
  const { origin, fields } = shop
  const name = PLATFORMS[platform]
  if (fields === null) {
    return html`<div class="note"><p>Pretend shops are allowed here, but the one of ${name} does not answer at <code>${origin}</code>. Whoever runs Streakline starts it with <code>streakline doubles ${platform}</code>.</p>
      <button type="button" onClick=${asked.reload}>Look again</button></div>`
  }
  const use = () => {
    fill(fields)
    setIsFilled(true)
  }
  return html`<div class="card"><p>To try everything without an account: ${name} is played on the server’s own machine here. Nobody buys anything, nothing is charged, and real shops cannot be reached.</p>
    <button type="button" onClick=${use}>Try it with a pretend shop</button>
    <p role="status">${isFilled && 'Everything below is filled in: connect it.'}</p></div>`
}

import { useEffect, useState } from 'preact/hooks'
import { html } from '../html.ts'
import { navigate } from '../router.ts'
import { counted } from '../words/format.ts'
import { Form, TextField } from './fields.ts'

export interface SearchBoxProps {
  /** `Find orders` */
  readonly name: string
  readonly label: string
  /** The page that shows what is found: `/orders`. */
  readonly page: string
  /** What the address of the page says is looked for; '' is nothing. */
  readonly sought: string
}

/** Looks for what is typed; the address of the page keeps it. It stays where it is, with the focus in it. */
export function SearchBox({ name, label, page, sought }: SearchBoxProps) {
  const [words, setWords] = useState(sought)
  // the browser's way back leads to what was looked for before
  useEffect(() => setWords(sought), [sought])
  const find = () => {
    const value = words.trim()
    navigate(value === '' ? page : `${page}?q=${encodeURIComponent(value)}`)
  }
  return html`<div role="search"><${Form} submit=${find} label=${name}><div class="search">
    <${TextField} label=${label} type="search" value=${words} set=${setWords} />
    <button type="submit" class="primary">Find</button>
  </div></${Form}></div>`
}

/** How much was found, also for those who cannot see it appear. */
export function FoundCount({ count, hasMore, noun }: FoundCountProps) {
  if (count === 0) return html`<p role="status">Nothing found.</p>`
  const words = hasMore
    ? `The first ${counted(count, noun)}. Type more to find fewer.`
    : `${counted(count, noun)} found.`
  return html`<p role="status">${words}</p>`
}

interface FoundCountProps {
  readonly count: number
  readonly hasMore: boolean
  readonly noun: string
}

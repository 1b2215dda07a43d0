import { readStreak, type Shown } from './read.ts'
import { STYLE } from './style.ts'
import { make, streakView } from './view.ts'
import { languageOf, WORDS } from './words.ts'

const ATTRIBUTES = ['base', 'account', 'streak', 'token', 'proxy', 'lang']
/** Whoever comes back to the page sees what has become of it meanwhile. */
const STALE_MS = 60_000

/**
 * `<streakline-streak>`: a shopper's streak, what comes next, and the coupons. With `base`, `account` and a `token`, or a
 * property `getToken` that is asked for a fresh one; on a storefront with `proxy` alone.
 */
class StreaklineStreak extends HTMLElement {
  static observedAttributes = ATTRIBUTES

  readonly #root = this.attachShadow({ mode: 'open' })
  // by script alone can it be given the focus of what stood in it
  readonly #box = make('div', { class: 'streak', role: 'group', tabindex: '-1', hidden: '' })
  readonly #status = make('p', { class: 'unseen', role: 'status' })
  #getToken: (() => string | Promise<string>) | undefined
  #shown: Shown | null = null
  /** What is shown was not read but given. */
  #isGiven = false
  /** What is shown may be another's: what to read has changed since. */
  #isOthers = false
  #reading: AbortController | undefined
  #readAt = 0
  #isDue = false

  constructor() {
    super()
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLE)
    this.#root.adoptedStyleSheets = [sheet]
    this.#root.append(this.#box, this.#status)
  }

  get getToken(): (() => string | Promise<string>) | undefined {
    return this.#getToken
  }

  set getToken(ask: (() => string | Promise<string>) | undefined) {
    this.#getToken = ask
    this.#isOthers = true
    this.#soon()
  }

  connectedCallback(): void {
    // a page may have set it before this script was there
    if (Object.hasOwn(this, 'getToken')) {
      const ask = this.getToken
      Reflect.deleteProperty(this, 'getToken')
      this.getToken = ask
    }
    document.addEventListener('visibilitychange', this.#onReturn)
    this.#soon()
  }

  disconnectedCallback(): void {
    document.removeEventListener('visibilitychange', this.#onReturn)
    this.#reading?.abort()
  }

  attributeChangedCallback(name: string): void {
    this.#isOthers ||= name !== 'lang'
    this.#soon()
  }

  /** Shows what is given instead of asking for it. */
  show(shown: Shown | null): void {
    this.#reading?.abort()
    this.#shown = shown
    this.#isGiven = true
    this.#draw()
  }

  /** Reads anew. */
  async refresh(): Promise<void> {
    this.#reading?.abort()
    const reading = new AbortController()
    this.#reading = reading
    const attribute = (name: string) => this.getAttribute(name) ?? ''
    const source = {
      base: attribute('base'),
      account: attribute('account'),
      streak: attribute('streak'),
      proxy: attribute('proxy'),
      token: async () => (await this.#getToken?.()) ?? attribute('token'),
    }
    const isAsked =
      source.proxy !== '' ||
      (source.account !== '' && (this.#getToken !== undefined || attribute('token') !== ''))
    if (!isAsked) {
      // in another language, what it was given; nothing of whoever was signed in before
      if (!this.#isGiven) this.#shown = null
      this.#draw()
      return
    }
    if (this.#shown === null) this.#place(make('p', { class: 'muted' }, this.#words().loading))
    this.#box.setAttribute('aria-busy', 'true')
    try {
      const shown = await readStreak(source, reading.signal)
      if (reading.signal.aborted) return
      this.#readAt = Date.now()
      this.#shown = shown
      this.#isGiven = false
      this.#isOthers = false
      this.#draw()
    } catch {
      if (reading.signal.aborted) return
      if (this.#isStillTrue()) this.#box.setAttribute('aria-busy', 'false')
      else this.#fail()
    }
  }

  /** Without a connection, coupons and a period that still runs are better seen than not. */
  #isStillTrue(): boolean {
    if (this.#shown === null || this.#isOthers) return false
    const { memberStreak } = this.#shown
    return memberStreak === null || Date.parse(memberStreak.currentPeriodEndAt) > Date.now()
  }

  readonly #onReturn = () => {
    const isStale = this.#readAt > 0 && Date.now() - this.#readAt > STALE_MS
    if (document.visibilityState === 'visible' && isStale) void this.refresh()
  }

  /** Several attributes that change together are one reason to read. */
  #soon(): void {
    if (this.#isDue || !this.isConnected) return
    this.#isDue = true
    queueMicrotask(() => {
      this.#isDue = false
      if (this.isConnected) void this.refresh()
    })
  }

  #language(): string {
    const around = this.parentElement?.closest('[lang]')?.getAttribute('lang')
    return languageOf(this.getAttribute('lang'), around, navigator.language)
  }

  #words() {
    return WORDS[this.#language()]!
  }

  #draw(): void {
    const language = this.#language()
    const shown = this.#shown
    this.#box.setAttribute('aria-busy', 'false')
    if (shown === null) {
      // a streak that is not there, or no longer, leaves no empty box behind
      this.#box.hidden = true
      this.#box.replaceChildren()
      return
    }
    const look = {
      language,
      words: this.#words(),
      now: Date.now(),
      copy: (code: string) => void this.#copy(code),
    }
    this.#place(...streakView(shown, look))
    this.#box.setAttribute('aria-labelledby', 'name')
  }

  /** Shows these in place of what was there; the focus stays where it was, or as near as there is. */
  #place(...parts: readonly Node[]): void {
    const labelOf = (element: Element | null) => element?.getAttribute('aria-label') ?? null
    const focused = this.#root.activeElement
    this.#box.hidden = false
    this.#box.setAttribute('lang', this.#language())
    // the words of the widget are written from left to right, whatever the page around it
    this.#box.setAttribute('dir', 'ltr')
    this.#box.removeAttribute('aria-labelledby')
    this.#box.replaceChildren(...parts)
    if (focused === null) return
    const buttons = [...this.#box.querySelectorAll('button')]
    const same = buttons.find((button) => labelOf(button) !== null && labelOf(button) === labelOf(focused))
    ;(same ?? this.#box).focus({ preventScroll: true })
  }

  #fail(): void {
    const { failed, retry } = this.#words()
    this.#shown = null
    this.#box.setAttribute('aria-busy', 'false')
    const button = make('button', { type: 'button' }, retry)
    button.addEventListener('click', () => void this.refresh())
    this.#place(make('p', { role: 'alert' }, failed), button)
  }

  async #copy(code: string): Promise<void> {
    const focused = this.#root.activeElement
    const isCopied = await copyText(code)
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true })
    // said again even where it is the same
    this.#status.textContent = ''
    this.#status.textContent = isCopied ? `${this.#words().copied}: ${code}` : code
    for (const button of this.#root.querySelectorAll('button')) {
      const isIt = button.getAttribute('aria-label')?.endsWith(`: ${code}`) === true
      button.textContent = isIt && isCopied ? this.#words().copied : this.#words().copy
    }
  }
}

/** Pages without TLS have no clipboard; selecting and copying works there. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const field = document.createElement('textarea')
    field.value = text
    field.readOnly = true
    // where it is, so that the page does not move to it
    field.style.position = 'fixed'
    field.style.insetBlockStart = '0'
    document.body.append(field)
    field.select()
    const isCopied = document.execCommand('copy')
    field.remove()
    return isCopied
  }
}

if (customElements.get('streakline-streak') === undefined) {
  customElements.define('streakline-streak', StreaklineStreak)
}

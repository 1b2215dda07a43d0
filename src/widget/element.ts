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
  readonly #box = make('div', { class: 'streak', role: 'group', 'aria-busy': 'true' })
  readonly #status = make('p', { class: 'unseen', role: 'status' })
  #getToken: (() => string | Promise<string>) | undefined
  #shown: Shown | null = null
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

  attributeChangedCallback(): void {
    this.#soon()
  }

  /** Shows what is given instead of asking for it. */
  show(shown: Shown | null): void {
    this.#reading?.abort()
    this.#shown = shown
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
      // in another language, what it was given
      if (this.#shown !== null) this.#draw()
      return
    }
    if (this.#shown === null) this.#say(this.#words().loading)
    this.#box.setAttribute('aria-busy', 'true')
    try {
      const shown = await readStreak(source, reading.signal)
      if (reading.signal.aborted) return
      this.#readAt = Date.now()
      this.#shown = shown
      this.#draw()
    } catch {
      if (!reading.signal.aborted) this.#fail()
    }
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
    this.#box.setAttribute('lang', language)
    // a streak that is not there, or no longer, leaves no empty box behind
    this.#box.hidden = shown === null
    if (shown === null) return
    this.#box.setAttribute('aria-labelledby', 'name')
    const look = {
      language,
      words: this.#words(),
      now: Date.now(),
      copy: (code: string) => void this.#copy(code),
    }
    this.#box.replaceChildren(...streakView(shown, look))
  }

  #say(text: string): void {
    this.#box.replaceChildren(make('p', { class: 'muted' }, text))
  }

  #fail(): void {
    const { failed, retry } = this.#words()
    this.#box.setAttribute('aria-busy', 'false')
    const button = make('button', { type: 'button' }, retry)
    button.addEventListener('click', () => void this.refresh())
    this.#box.replaceChildren(make('p', { role: 'alert' }, failed), button)
  }

  async #copy(code: string): Promise<void> {
    const isCopied = await copyText(code)
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

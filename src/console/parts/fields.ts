import { useId } from 'preact/hooks'
import { asFailure, type Failure, type FaultDetail } from '../api/failure.ts'
import { type Children, html } from '../html.ts'

interface FieldProps {
  readonly label: Children
  /** What of the request this field is, for the server's objections: `settings.shopDomain`. */
  readonly path?: string
  readonly hint?: Children
  readonly failure?: Failure | null
}

export interface TextFieldProps extends FieldProps {
  readonly value: string
  readonly set: (value: string) => void
  readonly type?: 'text' | 'email' | 'password' | 'number' | 'url' | 'date' | 'search'
  readonly required?: boolean
  readonly autocomplete?: string
  readonly min?: number | string
  readonly max?: number | string
  readonly step?: string
  readonly minlength?: number
  readonly placeholder?: string
  readonly disabled?: boolean
  readonly rows?: number
}

/** What the server objects to in this field, or in something inside it. */
function objections(failure: Failure | null | undefined, path: string | undefined): readonly FaultDetail[] {
  if (failure === null || failure === undefined || path === undefined) return []
  return failure.details.filter((detail) => detail.path === path || detail.path.startsWith(`${path}.`))
}

/** What of a failure no field of these paths shows. */
export function restOf(failure: Failure | null, paths: readonly string[]): Failure | null {
  if (failure === null) return null
  const isShown =
    failure.details.length > 0 &&
    failure.details.every(({ path }) => paths.some((own) => path === own || path.startsWith(`${own}.`)))
  return isShown ? null : asFailure(failure)
}

function useField({ path, hint, failure }: FieldProps) {
  const id = useId()
  const faults = objections(failure, path)
  const about = [hint === undefined ? '' : `${id}-hint`, faults.length > 0 ? `${id}-fault` : '']
    .join(' ')
    .trim()
  const notes = html`
    ${hint !== undefined && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
    ${faults.length > 0 && html`<p class="fault" id=${`${id}-fault`} role="alert">${faults.map(({ message }) => `${sentence(message)} `)}</p>`}
  `
  const about_ = about === '' ? undefined : about
  return {
    id,
    notes,
    input: { id, 'aria-describedby': about_, 'aria-invalid': faults.length > 0 ? 'true' : undefined },
  }
}

/** `must be a text` → `This must be a text.`; `this code is there` → `This code is there.` */
export function sentence(message: string): string {
  const begun = /^(is|must|has|names|holds|may|needs|can|does|cannot)\b/.test(message)
    ? `This ${message}`
    : message
  const told = `${begun.slice(0, 1).toUpperCase()}${begun.slice(1)}`
  return /[.!?]$/.test(told) ? told : `${told}.`
}

/** A line or, with `rows`, several lines of text. */
export function TextField(props: TextFieldProps) {
  const {
    label,
    value,
    set,
    type = 'text',
    rows,
    hint: _hint,
    path: _path,
    failure: _failure,
    ...rest
  } = props
  const { id, notes, input } = useField(props)
  const onInput = (event: Event) => set((event.target as HTMLInputElement).value)
  const control =
    rows === undefined
      ? html`<input ...${input} ...${rest} type=${type} dir=${type === 'text' ? 'auto' : undefined} value=${value} onInput=${onInput} />`
      : html`<textarea ...${input} ...${rest} rows=${rows} dir="auto" value=${value} onInput=${onInput}></textarea>`
  return html`<div class="field"><label for=${id}>${label}</label>${control}${notes}</div>`
}

export interface SelectFieldProps extends FieldProps {
  readonly value: string
  readonly set: (value: string) => void
  readonly options: readonly (readonly [value: string, label: string])[]
  readonly disabled?: boolean
}

export function SelectField(props: SelectFieldProps) {
  const { label, value, set, options, disabled } = props
  const { id, notes, input } = useField(props)
  return html`<div class="field"><label for=${id}>${label}</label>
    <select ...${input} disabled=${disabled} value=${value} onChange=${(event: Event) => set((event.target as HTMLSelectElement).value)}>
      ${options.map(([name, words]) => html`<option key=${name} value=${name} selected=${name === value}>${words}</option>`)}
    </select>${notes}</div>`
}

export interface CheckFieldProps extends FieldProps {
  readonly value: boolean
  readonly set: (value: boolean) => void
  readonly disabled?: boolean
}

export function CheckField(props: CheckFieldProps) {
  const { label, value, set, disabled } = props
  const { id, notes, input } = useField(props)
  return html`<div class="field field-check"><input ...${input} type="checkbox" disabled=${disabled} checked=${value}
    onChange=${(event: Event) => set((event.target as HTMLInputElement).checked)} /><label for=${id}>${label}</label>${notes}</div>`
}

export interface ChoiceFieldProps {
  readonly legend: string
  readonly value: string
  readonly set: (value: string) => void
  readonly options: readonly { readonly value: string; readonly label: string; readonly hint?: string }[]
}

/** One of a few, all seen at once. */
export function ChoiceField({ legend, value, set, options }: ChoiceFieldProps) {
  const name = useId()
  return html`<fieldset class="choices"><legend>${legend}</legend>
    ${options.map(
      (option) => html`<label class="choice" key=${option.value}>
        <input type="radio" name=${name} value=${option.value} checked=${option.value === value} onChange=${() => set(option.value)} />
        <span><span class="choice-label">${option.label}</span>${option.hint !== undefined && html`<span class="hint">${option.hint}</span>`}</span>
      </label>`,
    )}
  </fieldset>`
}

export interface FormProps {
  readonly submit: () => void
  readonly children: Children
  readonly label?: string
}

/** A form that is sent by our own script; Enter sends it too. */
export function Form({ submit, children, label }: FormProps) {
  const onSubmit = (event: Event) => {
    event.preventDefault()
    submit()
  }
  return html`<form class="form" aria-label=${label} onSubmit=${onSubmit}>${children}</form>`
}

export function SubmitButton({
  isBusy,
  children,
}: {
  readonly isBusy: boolean
  readonly children: Children
}) {
  return html`<button type="submit" class="primary" aria-disabled=${isBusy ? 'true' : undefined}>${isBusy ? 'One moment …' : children}</button>`
}

import { useState } from 'preact/hooks'
import { asFailure, type FaultDetail } from '../../api/failure.ts'
import { create } from '../../api/records.ts'
import { html } from '../../html.ts'
import { type Doing, useDoing } from '../../load.ts'
import { announce } from '../../parts/announce.ts'
import { Form, SubmitButton } from '../../parts/fields.ts'
import { Wrong } from '../../parts/states.ts'
import { Table } from '../../parts/table.ts'
import { type CodeLine, codesOf } from '../../words/codes.ts'
import { count, counted } from '../../words/format.ts'

/** As many as the server takes at once. */
const BATCH = 1_000
/** The codes of a shop, and no film by mistake. */
const LARGEST_BYTES = 20_000_000
const MOST_SHOWN = 100

interface Fault extends CodeLine {
  readonly message: string
}

interface Upload {
  readonly total: number
  readonly done: number
  readonly stored: number
  readonly faults: readonly Fault[]
}

/** Sends codes 1,000 at a time. A batch with faults is sent again without them, so that the good ones are stored. */
async function upload(
  providerId: string,
  codes: readonly CodeLine[],
  tell: (upload: Upload) => void,
): Promise<void> {
  let standing: Upload = { total: codes.length, done: 0, stored: 0, faults: [] }
  tell(standing)
  for (let at = 0; at < codes.length; at += BATCH) {
    const batch = codes.slice(at, at + BATCH)
    const faults = await send(providerId, batch)
    standing = {
      total: codes.length,
      done: at + batch.length,
      stored: standing.stored + batch.length - faults.length,
      faults: [...standing.faults, ...faults],
    }
    tell(standing)
  }
}

/** @returns what was left out, and why. @throws Failure where it is not the codes that are wrong */
async function send(providerId: string, batch: readonly CodeLine[]): Promise<Fault[]> {
  const faults: Fault[] = []
  let rest = batch
  while (rest.length > 0) {
    try {
      await create('coupon_code', { providerId, codes: rest.map(({ code }) => code) })
      return faults
    } catch (error) {
      const failure = asFailure(error)
      const found = faultsOf(failure.details, rest)
      if (found.size === 0) throw failure
      for (const [place, message] of found) faults.push({ ...rest[place]!, message })
      rest = rest.filter((_, place) => !found.has(place))
    }
  }
  return faults
}

/** By their places in what was sent: `codes.17`. */
function faultsOf(details: readonly FaultDetail[], sent: readonly CodeLine[]): Map<number, string> {
  const found = new Map<number, string>()
  for (const { path, message } of details) {
    const place = Number(/^codes\.(\d+)$/.exec(path)?.[1] ?? Number.NaN)
    if (sent[place] !== undefined) found.set(place, message)
  }
  return found
}

export interface UploadCodesProps {
  readonly providerId: string
  readonly again: () => void
}

export function UploadCodes({ providerId, again }: UploadCodesProps) {
  const [file, setFile] = useState<File | null>(null)
  const [standing, setStanding] = useState<Upload | null>(null)
  const uploading = useDoing(async () => {
    if (file === null) throw new Error('Choose a file first.')
    if (file.size > LARGEST_BYTES)
      throw new Error(`The file has ${count(file.size)} bytes, more than ${count(LARGEST_BYTES)}.`)
    const codes = codesOf(await file.text())
    if (codes.length === 0) throw new Error('There is no code in the first column of this file.')
    try {
      await upload(providerId, codes, setStanding)
      announce('The upload is done.')
    } finally {
      again()
    }
  })
  const choose = (event: Event) => {
    setFile((event.target as HTMLInputElement).files?.[0] ?? null)
    setStanding(null)
  }
  return html`<section class="card"><h2>Upload codes</h2>
    <${Form} submit=${uploading.run} label="Upload codes">
      <div class="field"><label for="codes-file">A CSV file, or a text with one code a line</label>
        <input id="codes-file" type="file" accept=".csv,.txt,text/csv,text/plain" aria-describedby="codes-hint" onChange=${choose} />
        <p class="hint" id="codes-hint">The first column is taken. Codes that were there before are left out, and you see which.</p></div>
      <${Outcome} standing=${standing} doing=${uploading} />
      <${SubmitButton} isBusy=${uploading.isBusy}>Upload</${SubmitButton}>
    </${Form}></section>`
}

function Outcome({ standing, doing }: { readonly standing: Upload | null; readonly doing: Doing<[]> }) {
  const { failure } = doing
  if (standing === null) return failure !== null && html`<${Wrong} failure=${failure} />`
  const { total, done, stored, faults } = standing
  const columns = [
    { label: 'Line', show: ({ line }: Fault) => String(line), isNumber: true },
    { label: 'Code', show: ({ code }: Fault) => html`<bdi>${code}</bdi>` },
    { label: 'What is wrong', show: ({ message }: Fault) => message },
  ]
  return html`${failure !== null && html`<${Wrong} failure=${failure} />`}
    ${doing.isBusy && html`<progress max=${total} value=${done} aria-label="Codes sent"></progress>`}
    <p role="status">${count(done)} of ${counted(total, 'code')} sent, ${count(stored)} stored, ${count(faults.length)} left out.${failure !== null ? ' What was stored stays: upload the file again to go on.' : ''}</p>
    ${
      faults.length > 0 &&
      html`<${Table} caption="Codes that were left out" columns=${columns} rows=${faults.slice(0, MOST_SHOWN)} keyOf=${({ line }: Fault) => String(line)} />
        ${faults.length > MOST_SHOWN && html`<p>And ${count(faults.length - MOST_SHOWN)} more.</p>`}`
    }`
}

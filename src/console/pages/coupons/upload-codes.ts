import { useState } from 'preact/hooks'
import { asFailure, type FaultDetail } from '../../api/failure.ts'
import { create } from '../../api/records.ts'
import { html } from '../../html.ts'
import { type Doing, useDoing } from '../../load.ts'
import { announce } from '../../parts/announce.ts'
import { Form, SubmitButton, sentence } from '../../parts/fields.ts'
import { Wrong } from '../../parts/states.ts'
import { Table } from '../../parts/table.ts'
import { type CodeFile, type CodeLine, type LineFault, readCodes } from '../../words/codes.ts'
import { count, counted } from '../../words/format.ts'

/** As many as the server takes at once. */
const BATCH = 1_000
/** The codes of a shop, and no film by mistake. */
const LARGEST_BYTES = 20_000_000
const MOST_SHOWN = 100

interface Upload {
  /** What was read of the file. */
  readonly file: CodeFile
  readonly done: number
  readonly stored: number
  readonly faults: readonly LineFault[]
}

/** Sends codes 1,000 at a time. A batch with faults is sent again without them, so that the good ones are stored. */
async function upload(providerId: string, file: CodeFile, tell: (upload: Upload) => void): Promise<void> {
  const { codes } = file
  let standing: Upload = { file, done: 0, stored: 0, faults: file.faults }
  tell(standing)
  for (let at = 0; at < codes.length; at += BATCH) {
    const batch = codes.slice(at, at + BATCH)
    const faults = await send(providerId, batch)
    standing = {
      file,
      done: at + batch.length,
      stored: standing.stored + batch.length - faults.length,
      faults: [...standing.faults, ...faults].sort((one, other) => one.line - other.line),
    }
    tell(standing)
  }
}

/** @returns what was left out, and why. @throws Failure where it is not the codes that are wrong */
async function send(providerId: string, batch: readonly CodeLine[]): Promise<LineFault[]> {
  const faults: LineFault[] = []
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
    if (sent[place] !== undefined) found.set(place, sentence(message))
  }
  return found
}

/** Spreadsheet programs write two encodings, and workbooks that are no text at all. @throws Error */
async function textOf(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const begins = (...mark: readonly number[]) => mark.every((byte, at) => bytes[at] === byte)
  if (begins(0x50, 0x4b, 0x03, 0x04) || begins(0xd0, 0xcf, 0x11, 0xe0))
    throw new Error('This is a workbook, no CSV. Open it in its program and save it as “CSV UTF-8”.')
  const encoding = begins(0xff, 0xfe) ? 'utf-16le' : begins(0xfe, 0xff) ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
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
    const read = readCodes(await textOf(file))
    if (read.codes.length === 0 && read.faults.length === 0) throw new Error('There is no code in this file.')
    try {
      await upload(providerId, read, setStanding)
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
        <p class="hint" id="codes-hint">The column that is headed “code” is taken, else the first. Codes that were there before are left out, and you see which.</p></div>
      <${Outcome} standing=${standing} doing=${uploading} />
      <${SubmitButton} isBusy=${uploading.isBusy}>Upload</${SubmitButton}>
    </${Form}></section>`
}

function Outcome({ standing, doing }: { readonly standing: Upload | null; readonly doing: Doing<[]> }) {
  const { failure } = doing
  if (standing === null) return failure !== null && html`<${Wrong} failure=${failure} />`
  const { file, done, stored, faults } = standing
  const total = file.codes.length
  return html`${failure !== null && html`<${Wrong} failure=${failure} />`}
    ${doing.isBusy && html`<progress max=${total} value=${done} aria-label="Codes sent"></progress>`}
    <p role="status">${count(done)} of ${counted(total, 'code')} sent, ${count(stored)} stored, ${count(faults.length)} left out.${failure !== null ? ' What was stored stays: upload the file again to go on.' : ''}</p>
    ${file.columns > 1 && html`<p class="small">${columnWords(file)}</p>`}
    ${faults.length > 0 && html`<${Faults} faults=${faults} />`}`
}

const columnWords = ({ heading, columns }: CodeFile): string =>
  heading === null
    ? `The file has ${columns} columns, and none is headed “code”: the first was taken.`
    : `Taken from the column “${heading}”.`

function Faults({ faults }: Pick<Upload, 'faults'>) {
  const [most, setMost] = useState(MOST_SHOWN)
  const columns = [
    { label: 'Line', show: ({ line }: LineFault) => String(line), isNumber: true },
    { label: 'Code', show: ({ code }: LineFault) => html`<bdi>${code}</bdi>` },
    { label: 'What is wrong', show: ({ message }: LineFault) => message },
  ]
  return html`<${Table} caption="Codes that were left out" columns=${columns} rows=${faults.slice(0, most)} keyOf=${({ line }: LineFault) => String(line)} />
    ${faults.length > most && html`<p>And ${count(faults.length - most)} more. <button type="button" onClick=${() => setMost(10 * most)}>Show more</button></p>`}`
}

/** A code as it stands in a file, with the line on which it begins, the first being 1. */
export interface CodeLine {
  readonly line: number
  readonly code: string
}

/** A line of which no code can be taken, and why, in a sentence. */
export interface LineFault extends CodeLine {
  readonly message: string
}

export interface CodeFile {
  readonly codes: readonly CodeLine[]
  readonly faults: readonly LineFault[]
  /** The heading of the column that was taken; null where there is none, and it was the first. */
  readonly heading: string | null
  /** How many columns the first row has. */
  readonly columns: number
}

/**
 * The codes of a CSV: the column that is headed `code`, `coupon` or `discount code`, else the first. Fields may stand in
 * quotes, with commas, line breaks and doubled quotes inside; columns are parted by comma, semicolon or tab; blank lines
 * are left out, and so is what stands twice, as codes are compared everywhere.
 */
export function readCodes(text: string): CodeFile {
  const codes: CodeLine[] = []
  const faults: LineFault[] = []
  const lines = new Map<string, number>()
  let first: Row | null = null
  let column = 0
  let heading: string | null = null
  for (const row of rowsOf(text)) {
    if (first === null) {
      first = row
      column = Math.max(0, row.cells.findIndex(isHeading))
      heading = row.cells.find(isHeading) ?? null
      if (heading !== null) continue
    }
    const code = row.cells[column] ?? ''
    const known = lines.get(foldedCode(code))
    const message = row.fault ?? faultOf(code, known)
    if (message !== null) faults.push({ line: row.line, code: shownOf(code), message })
    else {
      codes.push({ line: row.line, code })
      lines.set(foldedCode(code), row.line)
    }
  }
  return { codes, faults, heading, columns: first?.cells.length ?? 0 }
}

const isHeading = (field: string): boolean => /^(coupon|discount)?[ _-]?codes?$|^coupons?$/i.test(field)

function faultOf(code: string, known: number | undefined): string | null {
  if (code === '') return 'There is nothing in the column of the codes.'
  if (code.includes('\uFFFD')) return 'It holds a sign that cannot be read: save the file as UTF-8.'
  return known === undefined ? null : `The same code stands on line ${known}.`
}

/** As the server compares codes: without case, width and how letters are composed. */
export function foldedCode(code: string): string {
  let folded = ''
  for (const sign of code.normalize('NFKC'))
    folded += sign === 'ı' ? sign : sign.toLowerCase().toUpperCase().toLowerCase()
  return folded.normalize('NFKC').replace(/\p{White_Space}+/gu, ' ')
}

/** Of what no code can be taken the beginning is shown. */
const shownOf = (code: string): string => (code.split(/[\r\n]/, 1)[0] ?? '').slice(0, 60)
/** A quote that is not closed by then was meant otherwise. */
const LONGEST_QUOTED = 4_000

interface Row {
  readonly line: number
  readonly cells: readonly string[]
  readonly fault: string | null
}

/** The rows that hold something. A row whose quotes go wrong ends with its line: what follows is read as ever. */
function* rowsOf(text: string): Generator<Row> {
  let line = 1
  let at = text.startsWith('\uFEFF') ? 1 : 0
  while (at < text.length) {
    const { cells, fault, end } = rowAt(text, at)
    const isSeparator = line === 1 && /^sep=.?$/i.test(cells.join(''))
    if (!isSeparator && (fault !== null || cells.some((cell) => cell !== ''))) yield { line, cells, fault }
    line += linesIn(text.slice(at, end))
    at = end
  }
}

function rowAt(text: string, start: number): Omit<Row, 'line'> & { readonly end: number } {
  const cells: string[] = []
  for (let at = start; ; at += 1) {
    const { field, after, fault } = fieldAt(text, at)
    cells.push(field.trim())
    if (fault !== null) return { cells, fault, end: lineEnd(text, start) }
    at = after
    if (!isParting(text[at])) return { cells, fault: null, end: lineEnd(text, at) }
  }
}

interface Field {
  readonly field: string
  /** Where what parts it from the next stands, or the line ends. */
  readonly after: number
  readonly fault: string | null
}

function fieldAt(text: string, start: number): Field {
  let at = start
  while (text[at] === ' ') at += 1
  if (text[at] !== '"') {
    const after = endOfPlain(text, start)
    return { field: text.slice(start, after), after, fault: null }
  }
  let field = ''
  at += 1
  while (at < text.length && field.length < LONGEST_QUOTED && (text[at] !== '"' || text[at + 1] === '"')) {
    if (text[at] === '"') at += 1
    field += text[at]
    at += 1
  }
  const after = endOfPlain(text, at + 1)
  if (text[at] !== '"') return { field, after, fault: 'A quote begins here that is not closed.' }
  const isClean = text.slice(at + 1, after).trim() === ''
  return { field, after, fault: isClean ? null : 'Something stands behind a closing quote.' }
}

const isParting = (sign: string | undefined): boolean => sign === ',' || sign === ';' || sign === '\t'

function endOfPlain(text: string, from: number): number {
  let at = from
  while (at < text.length && !isParting(text[at]) && text[at] !== '\r' && text[at] !== '\n') at += 1
  return at
}

/** Where the line after this place begins. */
function lineEnd(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '\r' && text[at] !== '\n') at += 1
  return text[at] === '\r' && text[at + 1] === '\n' ? at + 2 : Math.min(at + 1, text.length)
}

const linesIn = (text: string): number => text.match(/\r\n|\r|\n/g)?.length ?? 0

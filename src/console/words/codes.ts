/** A code as it stands in a file, with the line on which it begins, the first being 1. */
export interface CodeLine {
  readonly line: number
  readonly code: string
}

/**
 * The codes of a CSV: its first column. Fields may stand in quotes, with commas, line breaks and doubled quotes inside;
 * columns are parted by comma, semicolon or tab; blank lines are left out. A first line that says `code` or `coupon` is
 * a heading.
 */
export function codesOf(text: string): CodeLine[] {
  const codes: CodeLine[] = []
  let line = 1
  let at = text.startsWith('\uFEFF') ? 1 : 0
  while (at < text.length) {
    const begun = line
    const [field, after] = fieldAt(text, at)
    const end = endOfRow(text, after)
    line += linesIn(text.slice(at, end))
    const code = field.trim()
    if (code !== '' && !(codes.length === 0 && isHeading(code))) codes.push({ line: begun, code })
    at = end
  }
  return codes
}

const isHeading = (field: string): boolean => /^(coupon|discount)?[ _-]?codes?$|^coupons?$/i.test(field)

function fieldAt(text: string, start: number): [field: string, after: number] {
  if (text[start] !== '"') {
    let at = start
    while (at < text.length && !',;\t\r\n'.includes(text[at] ?? '')) at += 1
    return [text.slice(start, at), at]
  }
  let field = ''
  let at = start + 1
  while (at < text.length && (text[at] !== '"' || text[at + 1] === '"')) {
    if (text[at] === '"') at += 1
    field += text[at]
    at += 1
  }
  return [field, at + 1]
}

/** Where the next row begins; quotes in other columns may hold line breaks. */
function endOfRow(text: string, from: number): number {
  let isQuoted = false
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '"') isQuoted = !isQuoted
    if (!isQuoted && (text[at] === '\n' || (text[at] === '\r' && text[at + 1] !== '\n'))) return at + 1
  }
  return text.length
}

const linesIn = (text: string): number => text.match(/\r\n|\r|\n/g)?.length ?? 0

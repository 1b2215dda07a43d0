export interface SignatureHeader {
  readonly timestampSeconds: number
  /** The header as it was understood, and nothing else: what is checked and what is timed cannot differ. */
  readonly canonical: string
}

const TIMESTAMP = /^\d{1,13}$/
const SIGNATURE = /^[0-9a-f]{64}$/

/**
 * Reads `t=1700000000,v1=…,v1=…`; repeated headers joined by ', ' are one list. null when there is no `v1` signature,
 * or not exactly one time: a second one could pair a fresh time with an old signature.
 */
export function parseSignatureHeader(header: string): SignatureHeader | null {
  const times = new Set<string>()
  const signatures: string[] = []
  for (const item of header.split(',')) {
    const [key, value = ''] = item.trim().split('=', 2)
    if (key === 't') times.add(value)
    if (key === 'v1' && SIGNATURE.test(value)) signatures.push(`v1=${value}`)
  }
  const [time = ''] = times
  if (times.size !== 1 || !TIMESTAMP.test(time) || signatures.length === 0) return null
  return { timestampSeconds: Number(time), canonical: [`t=${time}`, ...signatures].join(',') }
}

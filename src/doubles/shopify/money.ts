const WITHOUT_DECIMALS = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' '))
const WITH_THREE = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '))

export function decimalsOf(currency: string): number {
  if (WITHOUT_DECIMALS.has(currency)) return 0
  return WITH_THREE.has(currency) ? 3 : 2
}

/** `12.5` EUR is 1250. @throws Error where the text is no amount of that currency */
export function toMinor(text: string, currency: string): bigint {
  const decimals = decimalsOf(currency)
  const match = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(text)
  const fraction = (match?.[3] ?? '').replace(/0+$/, '')
  if (match === null || fraction.length > decimals)
    throw new RangeError(`${text} is no amount in ${currency}`)
  const minor = BigInt(`${match[2]}${fraction.padEnd(decimals, '0')}`)
  return match[1] === '-' ? -minor : minor
}

export function fromMinor(minor: bigint, currency: string): string {
  const decimals = decimalsOf(currency)
  const digits = String(minor < 0n ? -minor : minor).padStart(decimals + 1, '0')
  const sign = minor < 0n ? '-' : ''
  if (decimals === 0) return `${sign}${digits}`
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

const RATE_PARTS = 1_000_000n

/** What an amount of the shop is in the shopper's currency, half up. */
export function present(minor: bigint, from: string, to: string, rate: number): bigint {
  if (from === to) return minor
  const scaled = minor * BigInt(Math.round(rate * Number(RATE_PARTS))) * 10n ** BigInt(decimalsOf(to))
  const divisor = RATE_PARTS * 10n ** BigInt(decimalsOf(from))
  const half = scaled < 0n ? -divisor / 2n : divisor / 2n
  return (scaled + half) / divisor
}

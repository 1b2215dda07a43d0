/** Texts for people: times in the account's zone, money with its currency. */

export function dateTime(instant: string | number, zone: string): string {
  return formatted(instant, { dateStyle: 'medium', timeStyle: 'short', timeZone: zone })
}

export function date(instant: string | number, zone: string): string {
  return formatted(instant, { dateStyle: 'medium', timeZone: zone })
}

/** `Mon 24 Nov`, for what stands under a chart. */
export function shortDay(instant: string | number, zone: string): string {
  return formatted(instant, { weekday: 'short', day: 'numeric', month: 'short', timeZone: zone })
}

function formatted(instant: string | number, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', options).format(new Date(instant))
}

export function count(value: number): string {
  return new Intl.NumberFormat('en-GB').format(value)
}

/** `410.00 EUR`: with as many decimals as the currency has. */
export function money(value: number, currency: string): string {
  try {
    const parts = new Intl.NumberFormat('en-GB', { style: 'currency', currency, currencyDisplay: 'code' })
    return `${parts
      .formatToParts(value)
      .filter(({ type }) => type !== 'currency' && type !== 'literal')
      .map(({ value: part }) => part)
      .join('')} ${currency}`
  } catch {
    return `${value} ${currency}`
  }
}

/** `1 order`, `2 orders`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** When the day of `instant` began in the zone, as an instant. Good to the minute, also where clocks changed that day. */
export function startOfDay(instant: number, zone: string): number {
  const day = dayOf(instant, zone)
  // from the day before on, hour by hour and then minute by minute, until the date is that day's
  let at = Math.floor(instant / MINUTE) * MINUTE
  while (dayOf(at - HOUR, zone) === day) at -= HOUR
  while (dayOf(at - MINUTE, zone) === day) at -= MINUTE
  return at
}

/** When a day, `2026-11-24`, begins in the zone. */
export function startOf(day: string, zone: string): number {
  // noon of Greenwich lies in another day where clocks differ by more
  const noon = Date.parse(`${day}T12:00:00.000Z`)
  const near = [noon - 12 * HOUR, noon, noon + 12 * HOUR].find((at) => dayOf(at, zone) === day) ?? noon
  return startOfDay(near, zone)
}

/** The last millisecond of a day, `2026-11-24`, in the zone. */
export function endOf(day: string, zone: string): number {
  const start = startOf(day, zone)
  let at = start + 18 * HOUR
  while (dayOf(at, zone) === day) at += HOUR
  return startOfDay(at, zone) - 1
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const days = new Map<string, Intl.DateTimeFormat>()

/** `2026-11-24`: the date in the zone. */
export function dayOf(instant: number, zone: string): string {
  const format = days.get(zone) ?? new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' })
  days.set(zone, format)
  return format.format(instant)
}

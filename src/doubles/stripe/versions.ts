/** From here on promotion codes have `promotion`; the double knows no older shapes. */
const NAMES = ['clover', 'dahlia', 'endive']

export function isVersion(text: string): boolean {
  const [, date = '', name = ''] = /^(\d{4}-\d\d-\d\d)\.([a-z]+)$/.exec(text) ?? []
  return NAMES.includes(name) && !Number.isNaN(Date.parse(date)) && date >= '2025-09-30'
}

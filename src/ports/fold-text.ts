/**
 * The form in which texts that people type are compared: without case, of any script and language (`straße`,
 * `STRASSE`), without how a letter is composed or how wide it is, runs of white space as one. Hyphens and accents
 * count. Does not depend on the locale of the machine.
 */
export function foldText(text: string): string {
  let folded = ''
  for (const character of text.normalize('NFKC')) folded += foldCase(character)
  return folded.normalize('NFKC').replace(/\p{White_Space}+/gu, ' ')
}

/**
 * Full case folding of one character. One pass is not enough: ẞ has to become ß before it becomes SS, and only lower
 * case unites K (Kelvin) with k. The dotless ı is a letter of its own: only Turkish takes it for an I.
 */
function foldCase(character: string): string {
  return character === 'ı' ? character : character.toLowerCase().toUpperCase().toLowerCase()
}

import type { Body } from './api.ts'

/** Reads the bodies that a page shows behind `<!-- name -->`, with what only its reader knows filled in. */
export function bodiesOnPage(page: string) {
  return (name: string, filledIn: Readonly<Record<string, string>> = {}): Body => {
    const [, json = ''] = new RegExp(`<!-- ${name} -->\\s*\`\`\`json\\n([\\s\\S]*?)\`\`\``).exec(page) ?? []
    return JSON.parse(
      Object.entries(filledIn).reduce((text, [blank, value]) => text.replace(blank, value), json),
    )
  }
}

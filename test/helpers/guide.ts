/** A block of code on a page. */
export interface CodeBlock {
  /** `sh`, `json`, … */
  readonly language: string
  readonly text: string
}

/** The code blocks of a page, in order. */
export function codeBlocks(page: string): CodeBlock[] {
  return [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }))
}

/** Each block of `language` with the block that follows it, if that is one of `answer`. */
export function withAnswers(
  blocks: readonly CodeBlock[],
  language: string,
  answer: string,
): { readonly code: string; readonly answer: string | null }[] {
  return blocks.flatMap((block, index) => {
    if (block.language !== language) return []
    const next = blocks[index + 1]
    return [{ code: block.text, answer: next?.language === answer ? next.text : null }]
  })
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const CHANGING = /"(createdAt|updatedAt|requestId)":"[^"]*"/g

/**
 * Makes answers of two runs comparable: ids become numbers in the order in which they first appear, over all answers
 * together, so that they must also be the same where they were; times of the call itself are left out.
 */
export function comparable(answers: readonly unknown[]): unknown[] {
  const known = new Map<string, string>()
  const numbered = (id: string) => {
    if (!known.has(id)) known.set(id, `id ${known.size + 1}`)
    return known.get(id) ?? ''
  }
  return answers.map((answer) =>
    JSON.parse(JSON.stringify(answer).replace(CHANGING, '"$1":"…"').replace(UUID, numbered)),
  )
}

import type { Examples } from '../../http/openapi/examples/example.ts'
import { formatted } from './generated-file.ts'
import { playStory } from './play.ts'
import { onStage } from './stage.ts'
import { STORIES } from './stories/index.ts'

export const EXAMPLES_FILE = new URL('../../http/openapi/examples/played.ts', import.meta.url)

const HEAD = `// Written by \`npm run openapi\`: what the program answered to the stories in src/cli/openapi/stories. Change those, never
// this file.
import type { Examples } from './example.ts'
`

/** Plays every story and answers the text of the file that keeps them: the same text for the same program. */
export async function playedExamples(): Promise<string> {
  const played: Examples[] = []
  for (const [name, story] of Object.entries(STORIES)) {
    played.push(await onStage(name, (stage) => playStory(story, stage)))
  }
  const examples: Examples = {
    calls: played.flatMap(({ calls }) => calls),
    refusals: Object.assign({}, ...played.map(({ refusals }) => refusals)),
  }
  return formatted(EXAMPLES_FILE, `${HEAD}\nexport const EXAMPLES: Examples = ${JSON.stringify(examples)}\n`)
}

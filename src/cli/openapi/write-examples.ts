import { writeFileSync } from 'node:fs'
import { EXAMPLES_FILE, playedExamples } from './played-examples.ts'

/** The first half of `npm run openapi`: plays the stories, and keeps what was answered for the API document. */
writeFileSync(EXAMPLES_FILE, await playedExamples())

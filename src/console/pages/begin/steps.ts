import { html } from '../../html.ts'

const STEPS = [
  ['shop', 'Your shop'],
  ['connect', 'Connect it'],
  ['streak', 'The streak'],
  ['live', 'Go live'],
] as const
export type StepName = (typeof STEPS)[number][0]

/** Where in the first hour one is. */
export function Steps({ now }: { readonly now: StepName }) {
  return html`<ol class="steps" aria-label="Steps">
    ${STEPS.map(([name, label]) => html`<li key=${name} aria-current=${name === now ? 'step' : undefined}>${label}</li>`)}
  </ol>`
}

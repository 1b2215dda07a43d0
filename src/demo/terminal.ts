import { styleText } from 'node:util'

export type Style = 'bold' | 'green' | 'red' | 'yellow'

/** Where the story is told. Plain text, unless a person looks on and has nothing against colours. */
export interface Terminal {
  line(text?: string): void
  style(style: Style, text: string): string
}

export function openTerminal(
  stream: NodeJS.WriteStream,
  env: { readonly NO_COLOR?: string | undefined },
): Terminal {
  const colours = stream.isTTY === true && (env.NO_COLOR ?? '') === ''
  return {
    line: (text = '') => void stream.write(`${text}\n`),
    style: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
  }
}

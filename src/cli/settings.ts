import { type Config, readConfig, unknownSettings } from '../config.ts'

/** The settings of a command that ends by itself. What looks like a setting and is none is named beside its output. */
export function readSettings(): Config {
  for (const sentence of unknownSettings(process.env)) process.stderr.write(`${sentence}\n`)
  return readConfig(process.env)
}

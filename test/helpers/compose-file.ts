import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

export interface ComposeService {
  readonly image?: string
  readonly build?: string
  readonly user?: string
  readonly ports?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly mem_limit?: string
  readonly restart?: string
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly logging?: { readonly driver: string; readonly options: Readonly<Record<string, string>> }
}

export function fileText(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
}

/** The services of docker-compose.yml, what they share filled in. */
export function composeServices(): Record<string, ComposeService> {
  const text = fileText('docker-compose.yml')
  return (parse(text, { merge: true }) as { services: Record<string, ComposeService> }).services
}

/** A value with its variables filled in, as Compose does it. @throws for one that is required and not there */
export function interpolated(value: string, env: Readonly<Record<string, string>>): string {
  return value.replace(/\$(\$|\{(\w+)(?::([-?])([^}]*))?\})/g, (_all, sign, name, kind, otherwise) => {
    if (sign === '$') return '$'
    if (env[name] !== undefined && env[name] !== '') return env[name]
    if (kind === '?') throw new Error(`${name}: ${otherwise}`)
    return otherwise ?? ''
  })
}

/** Names and values of a file of variables; those that are commented out too. */
export function variablesIn(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^#?([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]))
}

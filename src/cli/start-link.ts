import { readSettings } from './settings.ts'

/** How this machine itself reaches the program. */
export function originOf({ host, port }: { readonly host: string; readonly port: number }): string {
  if (host === '0.0.0.0' || host === '::') return `http://localhost:${port}`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Where somebody sets the password of the console; good once and for an hour. Alone on its line: it is meant to be clicked. */
export function startLink(origin: string, token: string): string {
  return `${origin}/console/start#token=${token}`
}

/** The link as commands print it, which do not run the program themselves. */
export function printedLink(token: string): string {
  const { host, port } = readSettings()
  return startLink(originOf({ host, port }), token)
}

import type { Express } from 'express'

interface Layer {
  readonly rawPath: unknown
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> }
  readonly handle: unknown
}

interface Stacked {
  readonly stack: readonly Layer[]
}

/** Every route of an application, also inside routers: `GET /healthz`, `ALL /schema/:slug/record`, `USE /mounted`. */
export function routesOf(app: Express): string[] {
  return routesIn((app as unknown as { router: Stacked }).router, '')
}

function routesIn({ stack }: Stacked, prefix: string): string[] {
  return stack.flatMap((layer) =>
    pathsOf(layer).flatMap((path) => routesAt(layer, prefix, `${prefix}${path}`)),
  )
}

function routesAt({ route, handle }: Layer, prefix: string, path: string): string[] {
  if (route !== undefined) return methodsOf(route.methods).map((method) => `${method} ${path}`)
  if (isRouter(handle)) return routesIn(handle, path)
  // middleware of the router's own address adds no address
  return path === prefix ? [] : [`USE ${path}`]
}

function pathsOf({ rawPath }: Layer): string[] {
  const paths: unknown[] = Array.isArray(rawPath) ? rawPath : [rawPath]
  return paths.map((path) => {
    if (typeof path !== 'string') throw new Error(`a route has the path ${String(path)}, which is no text`)
    return path === '/' ? '' : path
  })
}

function methodsOf(methods: Readonly<Record<string, boolean>>): string[] {
  return Object.keys(methods).map((method) => (method === '_all' ? 'ALL' : method.toUpperCase()))
}

function isRouter(handle: unknown): handle is Stacked {
  return typeof handle === 'function' && Array.isArray((handle as unknown as Partial<Stacked>).stack)
}

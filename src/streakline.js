#!/usr/bin/env node
// Plain JavaScript on purpose: an older Node must be able to read this file to be told that it is too old.
const NEEDED_NODE = 24
if (Number(process.versions.node.split('.')[0]) < NEEDED_NODE) {
  process.stderr.write(
    `Streakline needs Node ${NEEDED_NODE} or newer; this is Node ${process.versions.node}.\n`,
  )
  process.exit(1)
}
// Reading TypeScript takes 15 MiB and half of the time to start; what Node made of it is kept beside the packages, for
// whoever may write there: https://nodejs.org/docs/latest-v24.x/api/module.html#module-compile-cache
const { enableCompileCache } = await import('node:module')
const { fileURLToPath } = await import('node:url')
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/streakline', import.meta.url)))
await import('./cli.ts')

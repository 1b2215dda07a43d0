#!/usr/bin/env node
// Plain JavaScript on purpose: an older Node must be able to read this file to be told that it is too old.
const NEEDED_NODE = 24
if (Number(process.versions.node.split('.')[0]) < NEEDED_NODE) {
  process.stderr.write(
    `Streakline needs Node ${NEEDED_NODE} or newer; this is Node ${process.versions.node}.\n`,
  )
  process.exit(1)
}
await import('./cli.ts')

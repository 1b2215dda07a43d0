import { Command } from 'commander'
import { createLogger } from '../compose.ts'
import { migrationLog } from '../compose-migration.ts'
import { hasStore, openStore } from '../compose-store.ts'
import { agreeOnKey, checkKey } from '../crypto/key-check.ts'
import { createSecretBox } from '../crypto/secret-box.ts'
import type { MigrationProgress } from '../ports/store.ts'
import { progressLine } from './progress.ts'
import { readSettings } from './settings.ts'

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** `streakline migrate [--check]`: brings the store forward, or says what that would do. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description(
      'Bring the store to the shape this version needs, and fill what is left to be filled. Safe to run again, and from several places; goes on where it was interrupted.',
    )
    .option('--check', 'only say what is outstanding; changes nothing, and may run beside the program')
    .addHelpText(
      'after',
      `
Exit codes:
  0  the store is as this version needs it
  1  with --check: something is outstanding; else it could not be done, and stderr says why`,
    )
    .action(({ check = false }: { check?: boolean }) => (check ? tellOutstanding() : migrate()))
}

async function tellOutstanding(): Promise<void> {
  const config = readSettings()
  if (!hasStore(config)) {
    print(`There is no store yet in ${config.dataDir}: it is made when something is kept in it.`)
    process.exitCode = 1
    return
  }
  const { store, close } = await openStore(config, { claim: false })
  try {
    await checkKey(store, createSecretBox(config.encryptionKeys))
    const outstanding = await store.outstanding()
    const version = await store.schemaVersion()
    for (const line of outstanding) print(line)
    if (outstanding.length > 0) process.exitCode = 1
    const verdict = outstanding.length > 0 ? 'run streakline migrate' : 'nothing is outstanding'
    print(`The ${store.kind} store is at schema version ${version}: ${verdict}.`)
  } finally {
    await close()
  }
}

async function migrate(): Promise<void> {
  const config = readSettings()
  const { store, close } = await openStore(config, { claim: true })
  const bar = progressLine(process.stderr)
  const log = migrationLog(createLogger(config))
  const onBar = ({ what, done, total }: MigrationProgress): void => {
    if (done !== null && total !== null) bar.show(done, total, `rows: ${what}`)
  }
  try {
    const secretBox = createSecretBox(config.encryptionKeys)
    await checkKey(store, secretBox)
    // a terminal sees a bar; where nobody watches, the log tells
    await store.migrate({ onProgress: process.stderr.isTTY ? onBar : log.onProgress })
    bar.end()
    await agreeOnKey(store, secretBox)
    print(`The ${store.kind} store is at schema version ${await store.schemaVersion()}.`)
  } finally {
    bar.end()
    log.end()
    await close()
  }
}

import { once } from 'node:events'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { Command } from 'commander'
import type { Installation } from '../compose.ts'
import { composeReading } from '../compose-reading.ts'
import { AppError } from '../errors.ts'
import { accountExport } from '../http/account-export.ts'
import { actEntry } from '../users/audit.ts'
import { accountNamed } from './account-option.ts'
import { type CountLine, progressLine } from './progress.ts'
import { actOfCommand, withInstallation } from './visit.ts'

/** So much is written at once. */
const PIECE_CHARACTERS = 256 * 1024

const MORE = `
A line of JSON each: a head {"format", "version", "accountId", "exportedAt"}; every record as the API shows it,
{"slug", "record"}, deliveries with their "body"; at the end {"end": true, "records"}. Without that last line it is not
whole. There is no secret in it, and all that is kept of shoppers: keep it as such. The program may run meanwhile; what
is made after the beginning is left out.

Exit code: 0 all is written, 1 something is wrong: stderr says what, and no file was left.

Examples:
  streakline accounts export 0199… --file shop.ndjson
  streakline accounts export 0199… | gzip > shop.ndjson.gz`

/** `streakline accounts export`: everything of an account as its API shows it. Web and workers go on. */
export function exportCommand(): Command {
  return new Command('export')
    .argument('<account>', 'its id, or its name where no other has it')
    .description('Write everything that is kept of an account, a JSON record a line.')
    .option('--file <path>', 'into this new file, which you alone may read (default: standard output)')
    .addHelpText('after', MORE)
    .action((account: string, { file }: { file?: string }) =>
      withInstallation('visiting', async (installation) => {
        const progress = progressLine(process.stderr)
        try {
          await runExport({ installation, progress, output: process.stdout }, account, file)
        } finally {
          progress.end()
        }
      }),
    )
}

export interface ExportRun {
  readonly installation: Pick<
    Installation,
    'store' | 'secretBox' | 'clock' | 'logger' | 'newId' | 'installations'
  >
  readonly progress: CountLine
  /** Where it goes without a file. */
  readonly output: NodeJS.WritableStream
}

/** @throws AppError INVALID_INPUT for a file that is there or cannot be made; NOT_FOUND */
export async function runExport(
  { installation, progress, output }: ExportRun,
  name: string,
  file: string | undefined,
): Promise<void> {
  const { store } = installation
  const { id } = await accountNamed(store, name)
  const lines = accountExport(installation, composeReading(installation), id)
  // whoever takes all of it with them is written down before the first line leaves
  const act = actOfCommand(id, 'accounts', { action: 'export', slug: 'account', recordId: id })
  const writeDown = async () => void (await store.commit([actEntry(installation, act)]))
  let records = -1
  const pieces = inPieces(lines, () => progress.count(Math.max(0, ++records), 'records'))
  if (file === undefined) {
    await writeDown()
    for await (const piece of pieces) if (!output.write(piece)) await once(output, 'drain')
    return
  }
  await intoNewFile(file, async (handle) => {
    await writeDown()
    for await (const piece of pieces) await handle.write(piece)
  })
}

async function* inPieces(lines: AsyncIterable<string>, onLine: () => void): AsyncGenerator<string> {
  let piece = ''
  for await (const line of lines) {
    piece += line
    onLine()
    if (piece.length < PIECE_CHARACTERS) continue
    yield piece
    piece = ''
  }
  yield piece
}

/** The file has its name once all of it is on the disk; until then there is another beside it, `.part`. */
async function intoNewFile(file: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const refuse = (why: string) => new AppError('INVALID_INPUT', `--file ${JSON.stringify(file)} ${why}`)
  if ((await stat(file).catch(() => null)) !== null) throw refuse('is there already')
  const draft = `${file}.part`
  await rm(draft, { force: true }).catch(() => {})
  const handle = await open(draft, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw refuse(`cannot be written: ${error.code ?? 'unknown'}`)
  })
  try {
    await write(handle)
    await handle.sync()
    await handle.close()
    await rename(draft, file)
  } catch (error) {
    await handle.close().catch(() => {})
    await rm(draft, { force: true })
    const { code, syscall } = error as NodeJS.ErrnoException
    throw syscall === undefined ? error : refuse(`cannot be written: ${code}`)
  }
}

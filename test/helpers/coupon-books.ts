import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface IssuedCoupon {
  readonly key: string
  readonly code: string
  /** ISO 8601; null = never lapses. */
  readonly expiresAt: string | null
  /** How often this key was asked for, the first time included. */
  readonly asked: number
}

export interface Books {
  /**
   * Writes down that `key` was asked for and tells its coupon: the one made before, else the one offered, which then
   * is the coupon of this key for ever. On disk when it resolves. Calls wait for one another.
   */
  ask(key: string, offered: { code: string; expiresAt: string | null }): Promise<IssuedCoupon>
  /** In the order in which they were made. */
  list(): readonly IssuedCoupon[]
  close(): Promise<void>
}

interface Line {
  readonly key: string
  readonly code: string
  readonly expiresAt: string | null
}

/**
 * The books of the small coupon service: an append-only file with one JSON line for every time it was asked. A line
 * that a crash cut short was never answered for and is overwritten.
 */
export async function openBooks(dataFile: string): Promise<Books> {
  const file = await open(dataFile, constants.O_RDWR | constants.O_CREAT, 0o600)
  const coupons = new Map<string, IssuedCoupon>()
  let size = 0
  try {
    await syncFolder(dirname(dataFile))
    size = await readInto(coupons, file)
  } catch (error) {
    await file.close()
    throw error
  }
  let last: Promise<unknown> = Promise.resolve()

  async function write(key: string, offered: Omit<Line, 'key'>): Promise<IssuedCoupon> {
    const { code, expiresAt } = coupons.get(key) ?? offered
    const line: Line = { key, code, expiresAt }
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`)
    await writeFully(file, bytes, size)
    await file.datasync()
    size += bytes.length
    return enter(coupons, line)
  }

  return {
    ask(key, offered) {
      // When a line could not be written all later asks fail too: only a restart knows what the file holds.
      const turn = last.then(() => write(key, offered))
      last = turn
      return turn
    },
    list: () => [...coupons.values()],
    async close() {
      await last.catch(() => undefined)
      await file.close()
    },
  }
}

/** Fills `coupons` and cuts off what is no whole line. @returns the size of what is left, in bytes */
async function readInto(coupons: Map<string, IssuedCoupon>, file: FileHandle): Promise<number> {
  const text = await file.readFile('utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  for (const line of whole.split('\n').filter((entry) => entry !== '')) enter(coupons, JSON.parse(line))
  const size = Buffer.byteLength(whole)
  await file.truncate(size)
  return size
}

function enter(coupons: Map<string, IssuedCoupon>, line: Line): IssuedCoupon {
  const known = coupons.get(line.key)
  if (known !== undefined && known.code !== line.code) {
    throw new Error(`the books hold two coupons for the key ${line.key}`)
  }
  const coupon = { key: line.key, code: line.code, expiresAt: line.expiresAt, asked: (known?.asked ?? 0) + 1 }
  coupons.set(line.key, coupon)
  return coupon
}

async function writeFully(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten
  }
}

/** A new file survives a power cut only when its folder is on disk too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

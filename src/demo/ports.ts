import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { AppError } from '../errors.ts'

const DEFAULT_PORT = 8080
/** Below what operating systems give to outgoing connections. */
const FIRST_QUIET_PORT = 20_000
const QUIET_PORTS = 10_000
const TRIES = 50

/**
 * Where the API listens: the port asked for (0 is any), else 8080, else any that is free. Known before it listens, as the
 * platforms are told the address.
 * @throws AppError CONFLICT when the port asked for is taken
 */
export async function choosePort(asked: number | null): Promise<number> {
  if (asked === 0) return quietPort()
  if (await isFree(asked ?? DEFAULT_PORT)) return asked ?? DEFAULT_PORT
  if (asked === null) return quietPort()
  throw new AppError('CONFLICT', `port ${asked} is taken by another program: name another with --port`)
}

/** One that is likely to be still free a moment later. */
async function quietPort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = FIRST_QUIET_PORT + randomInt(QUIET_PORTS)
    if (await isFree(port)) return port
  }
  throw new AppError('CONFLICT', `no free port was found in ${TRIES} tries from ${FIRST_QUIET_PORT} on`)
}

export async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return true
  } catch {
    return false
  }
}

import type { RequestListener } from 'node:http'
import type { Config } from './config.ts'
import { AppError } from './errors.ts'
import { type Listening, listen } from './http/server.ts'
import type { Logger } from './ports/logger.ts'

type Address = Pick<Config, 'host' | 'port'>

interface Listen extends Address, Partial<Pick<Config, 'maxConnections'>> {
  readonly logger?: Logger
}

/** Listens where the configuration says. @throws AppError CONFLICT in one sentence, naming the address and the cure */
export async function listenOrSay(
  app: RequestListener,
  { host, port, maxConnections, logger }: Listen,
): Promise<Listening> {
  try {
    const limit = maxConnections === undefined ? {} : { maxConnections }
    return await listen(app, { host, port, ...limit, ...(logger === undefined ? {} : { logger }) })
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    throw new AppError('CONFLICT', CAUSES[code]?.({ host, port }) ?? cannot({ host, port }, code), {
      cause: error,
    })
  }
}

/** Finds out before anything else is started whether that can be. @throws AppError CONFLICT as `listenOrSay` */
export async function checkAddress(config: Address): Promise<void> {
  const tried = await listenOrSay(() => {}, config)
  await tried.close(0)
}

function cannot({ host, port }: Address, why: string): string {
  return `Cannot listen on port ${port} of ${host}: ${why}.`
}

const notOurs = (address: Address) =>
  cannot(address, 'HOST is no address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them')

const CAUSES: Readonly<Record<string, (address: Address) => string>> = {
  EADDRINUSE: (address) =>
    cannot(address, 'another program has it; stop that one, or set PORT to another, 0 for any that is free'),
  EACCES: (address) => cannot(address, 'this user may not use it; set PORT to one from 1024 on'),
  EADDRNOTAVAIL: notOurs,
  ENOTFOUND: notOurs,
  EAI_AGAIN: notOurs,
  EINVAL: notOurs,
  EAFNOSUPPORT: notOurs,
}

import { AppError } from '../../errors.ts'

const OLDEST_MAJOR = 6

/** What the server says about itself. */
export interface ServerFacts {
  readonly version: string
  /** null: a standalone server, or a router of a sharded cluster. */
  readonly replicaSet: string | null
  readonly members: number
  readonly isRouter: boolean
}

type Command = (command: Record<string, unknown>) => Promise<Record<string, unknown>>

export async function serverFacts(command: Command): Promise<ServerFacts> {
  const hello = await command({ hello: 1 })
  const { version } = await command({ buildInfo: 1 })
  const members = [hello.hosts, hello.passives].flatMap((list) => (Array.isArray(list) ? list : []))
  return {
    version: String(version),
    replicaSet: typeof hello.setName === 'string' ? hello.setName : null,
    members: members.length,
    isRouter: hello.msg === 'isdbgrid',
  }
}

/** @throws AppError CONFLICT when the server cannot do what the store needs */
export function checkServer({ version, replicaSet, isRouter }: ServerFacts): void {
  if (Number.parseInt(version, 10) < OLDEST_MAJOR) {
    throw new AppError(
      'CONFLICT',
      `The server is MongoDB ${version}; ${OLDEST_MAJOR}.0 is the oldest that works.`,
    )
  }
  if (replicaSet === null && !isRouter) {
    throw new AppError(
      'CONFLICT',
      'The MongoDB server stands alone, without a replica set, and so without transactions: start it with --replSet and initiate the set (one member is enough).',
    )
  }
}

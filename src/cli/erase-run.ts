import type { Installation } from '../compose.ts'
import { AppError } from '../errors.ts'
import { eraseMember } from '../members/erase.ts'
import { eraseAddress } from '../members/erase-address.ts'
import { isErased } from '../ports/schema/values.ts'
import type { Store } from '../ports/store.ts'
import { readEmail, readUuid } from '../read/values.ts'
import { onlyAccount, readId } from './account-option.ts'
import type { ProgressLine } from './progress.ts'

const INCOMPLETE = 1

/** What was typed after `streakline erase`. */
export interface EraseInput {
  readonly email?: string
  readonly member?: string
  readonly account?: string
  readonly dryRun?: boolean
}

export interface EraseRun {
  readonly installation: Pick<Installation, 'store' | 'clock' | 'newId'>
  readonly print: (line: string) => void
  readonly progress: ProgressLine
}

/**
 * Does what `streakline erase` is told. Answers its exit code. What was typed is never printed.
 * @throws AppError for options that are wrong, and a member who is not there
 */
export async function runErase(run: EraseRun, input: EraseInput): Promise<number> {
  const { installation, print, progress } = run
  const { store } = installation
  const { email, member, dryRun = false } = input
  if ((email === undefined) === (member === undefined)) {
    throw new AppError('INVALID_INPUT', 'say whom to erase: --email or --member, one of them')
  }
  const address = email === undefined ? null : readAddress(email)
  const accountId = await accountOf(store, input.account)
  const memberId = member === undefined ? null : await memberOf(store, accountId, member)
  const erase = (options: EraseOptions) =>
    memberId === null
      ? eraseAddress(installation, accountId, address!, options)
      : eraseOne(installation, accountId, memberId, options)
  const plan = await erase({ dryRun: true })
  if (dryRun) return show(print, plan, 'would be erased')
  const onProgress = (done: number) =>
    progress.show(Math.min(done, plan.deliveries), plan.deliveries, 'deliveries')
  const erased = await erase({ onProgress })
  progress.end()
  return show(print, erased, 'erased')
}

interface EraseOptions {
  readonly dryRun?: boolean
  readonly onProgress?: (deliveries: number) => void
}

interface Erased {
  readonly members: number
  readonly deliveries: number
  readonly otherMembers: readonly string[]
}

async function eraseOne(
  installation: EraseRun['installation'],
  accountId: string,
  id: string,
  options: EraseOptions,
): Promise<Erased> {
  const { deliveries } = await eraseMember(installation, accountId, id, options)
  return { members: 1, deliveries, otherMembers: [] }
}

function show(print: EraseRun['print'], { members, deliveries, otherMembers }: Erased, what: string): number {
  print(`${what}: members ${members}, deliveries ${deliveries}`)
  if (otherMembers.length === 0) return 0
  print('Known by another name and left, though they have the address; erase them with --member:')
  for (const id of otherMembers) print(`  ${id}`)
  return INCOMPLETE
}

function readAddress(text: string): string {
  const email = readEmail(text)
  if (email.ok) return email.value
  throw new AppError('INVALID_INPUT', `--email ${email.message}`)
}

async function accountOf(store: Store, given: string | undefined): Promise<string> {
  if (given === undefined) return onlyAccount(store)
  const id = readId('--account', given)
  const [account] = await store.findByKeys('account', ['id'], [[id]])
  if (account === undefined) throw new AppError('NOT_FOUND', `there is no account ${id}`)
  return id
}

/** The member by its id or externalId, also one whose erasure was interrupted. */
async function memberOf(store: Store, accountId: string, name: string): Promise<string> {
  const id = readUuid(name)
  const ids = id.ok ? [[accountId, id.value]] : []
  const names = [[accountId, name]]
  const found = [
    ...(await store.findByKeys('member', ['accountId', 'id'], ids)).filter((each) => !isErased(each)),
    ...(await store.findByKeys('erasure', ['accountId', 'id'], ids)),
    ...(await store.findByKeys('erasure', ['accountId', 'externalId'], names)),
    ...(isErased({ externalId: name })
      ? []
      : await store.findByKeys('member', ['accountId', 'externalId'], names)),
  ]
  for (const { id: each } of found) {
    // an erasure of an address has no member
    if ((await store.findByKeys('member', ['accountId', 'id'], [[accountId, each]])).length > 0) return each
  }
  throw new AppError('NOT_FOUND', 'there is no such member in the account')
}

import { readFile, stat } from 'node:fs/promises'
import { Command } from 'commander'
import type { Installation } from '../compose.ts'
import type { Foreseen } from '../engine/foresee.ts'
import { AppError } from '../errors.ts'
import type { TriedBody } from '../inbox/try-body.ts'
import { formatQuantity } from '../streaks/quantity.ts'
import { readId } from './account-option.ts'
import { print, withInstallation } from './visit.ts'

/** What a webhook may have. */
const MAX_PAYLOAD_BYTES = 8 * 1024 * 1024

interface TestInput {
  readonly payload: string
  readonly topic?: string
}

const EXAMPLES = `
Examples:
  streakline connectors test 0199… --payload order.json
  streakline connectors test 0199… --payload refund.json --topic refunds/create`

/** `streakline connectors test`: what a body would become by a connector's rules of now. Stores nothing. */
export function testCommand(): Command {
  return new Command('test')
    .argument('<id>')
    .description('Show what a webhook would become by the rules of a connector. Nothing is stored.')
    .requiredOption('--payload <file>', 'its body as the platform sends it, at most 8 MiB')
    .option('--topic <name>', 'its topic (default: as the body says, else that of a purchase)')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, input: TestInput) => {
      const rawBody = await readPayload(input.payload)
      await withInstallation('visiting', async (installation) => {
        const lines = await testLines(installation, id, { topic: input.topic ?? null, rawBody })
        for (const line of lines) print(line)
      })
    })
}

/** @throws AppError INVALID_INPUT */
async function readPayload(file: string): Promise<Uint8Array> {
  const refuse = (why: string) => new AppError('INVALID_INPUT', `--payload ${JSON.stringify(file)} ${why}`)
  const found = await stat(file).catch(() => null)
  if (found === null || !found.isFile()) throw refuse('is no file that can be read')
  if (found.size > MAX_PAYLOAD_BYTES) {
    throw refuse(`has ${found.size} bytes, at most ${MAX_PAYLOAD_BYTES} are allowed`)
  }
  return await readFile(file).catch(() => {
    throw refuse('is no file that can be read')
  })
}

/** What the command prints. @throws AppError INVALID_INPUT | NOT_FOUND */
export async function testLines(
  { store, deliveries }: Pick<Installation, 'store' | 'deliveries'>,
  idText: string,
  body: { readonly topic: string | null; readonly rawBody: Uint8Array },
): Promise<string[]> {
  const id = readId('id', idText)
  const [connector] = await store.findByKeys('connector', ['id'], [[id]])
  if (connector === undefined) throw new AppError('NOT_FOUND', `There is no connector by the id ${id}`)
  const { accountId, name, platform, status } = connector
  const tried = await deliveries.tryBody(accountId, id, body)
  const streaks = await streakNames(store, accountId, tried)
  const live = status === 'live' ? '' : `, which is ${status}: while it is, all that comes in is ignored`
  return [
    `${JSON.stringify(name)} (${platform})${live}`,
    headline(tried),
    ...tried.items.map((each) => itemLine(each, streaks)),
    'Nothing was stored.',
  ]
}

function headline({ topic, outcome, reason, orderId, orderName }: TriedBody): string {
  const order = orderId === null ? 'no order' : `order ${orderId}`
  const called = orderName === null ? '' : ` (${orderName})`
  return `${topic}  ${order}${called}  ${outcome}${reason === null ? '' : ` ${reason}`}`
}

async function streakNames(
  store: Installation['store'],
  accountId: string,
  { items }: TriedBody,
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(items.flatMap(({ item }) => item.streakId ?? []))]
  const rows = await store.findByKeys(
    'streak',
    ['accountId', 'id'],
    ids.map((id) => [accountId, id]),
  )
  return new Map(rows.map((streak) => [streak.id, streak.name]))
}

function itemLine({ item, log }: Foreseen, streaks: ReadonlyMap<string, string>): string {
  const { ruleIndex, streakId, status, reason, message, report } = item
  const became = reason === null ? status : `${status} ${reason}`
  const why = message === null ? '' : `: ${message}`
  if (report !== null) {
    const { object, state, amount, currency } = report
    const money = amount === null ? '' : ` ${amount}${currency === null ? '' : ` ${currency}`}`
    return `  ${object} ${state}${money}  ${became}${why}`
  }
  const streak = JSON.stringify(streaks.get(streakId ?? '') ?? streakId)
  return `  rule ${ruleIndex} → ${streak}  ${became}${why}${log === null ? '' : logOf(item, log)}`
}

function logOf({ activity }: Foreseen['item'], log: NonNullable<Foreseen['log']>): string {
  const { activityValue, activityAt, quiet } = log
  const value = activityValue === null ? 'one' : formatQuantity(activityValue)
  return `: ${value} for ${activity?.externalId} at ${new Date(activityAt).toISOString()}${quiet ? ', quiet' : ''}`
}

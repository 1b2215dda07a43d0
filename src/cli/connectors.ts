import { Command } from 'commander'
import { CONNECTORS } from '../../connectors/registry.ts'
import type { Installation } from '../compose.ts'
import { AppError } from '../errors.ts'
import { installBodyOf } from '../http/routes/install-body.ts'
import type { Place } from '../installing/place.ts'
import { equal } from '../ports/conditions.ts'
import { eachRow } from '../ports/paging.ts'
import { recordNotFound } from '../setup/change-row.ts'
import { readInstallations } from '../setup/installation.ts'
import { onlyAccount, readId } from './account-option.ts'
import { readGiven } from './ask.ts'
import { testCommand } from './connectors-test.ts'
import { tableLines } from './table.ts'
import { print, withInstallation } from './visit.ts'

const SECRETS = `
What the method asks for is read as a JSON object from --file, or from standard input; at a terminal each is asked
for. It is never given as an argument, which every process of the machine can read.

Examples:
  streakline connectors install 0199… --method manual --file secrets.json
  echo '{"clientId": "…", "clientSecret": "…"}' | streakline connectors install 0199… --method client_credentials`

/** `streakline connectors list | install | check | uninstall | test`. Web and workers go on. */
export function connectorsCommand(): Command {
  const connectors = new Command('connectors').description(
    'Show how connectors stand with their platforms; install, check and uninstall them; see what they make of what they are sent.',
  )
  connectors
    .command('list')
    .description('List the connectors of an account.')
    .option('--account <id>', 'of this account; needed where there are several')
    .action(({ account }: { account?: string }) =>
      withInstallation('visiting', async ({ store }) => {
        const accountId = account === undefined ? await onlyAccount(store) : readId('--account', account)
        for (const line of await listed(store, accountId)) print(line)
      }),
    )
  connectors
    .command('install <id>')
    .description('Install a connector at its platform.')
    .requiredOption('--method <method>', 'the way in, such as manual')
    .option('--file <path>', 'a file with what the method asks for; - is standard input')
    .addHelpText('after', SECRETS)
    .action((id: string, { method, file }: { method: string; file?: string }) =>
      withInstallation('visiting', (installation) => install(installation, readId('id', id), method, file)),
    )
  connectors
    .command('check <id>')
    .description('Look at the platform again, and mend what was lost.')
    .action((id: string) => act(id, 'check'))
  connectors
    .command('uninstall <id>')
    .description('Remove what was made at the platform, and the keys to it.')
    .action((id: string) => act(id, 'uninstall'))
  connectors.addCommand(testCommand())
  return connectors
}

async function listed(store: Installation['store'], accountId: string): Promise<readonly string[]> {
  const rows: (readonly string[])[] = []
  for await (const row of eachRow(store, 'connector', equal({ accountId }))) {
    const { method, state, problem } = (await readInstallations(store, [row])).get(row.id)!
    rows.push([row.id, row.platform, row.name, row.status, method ?? '-', state, problem?.code ?? '-'])
  }
  const titles = ['id', 'platform', 'name', 'status', 'method', 'state', 'problem']
  return tableLines(
    titles.map((title) => ({ title })),
    rows,
  )
}

async function install(
  { store, installations: { hands, installing } }: Installation,
  id: string,
  method: string,
  file: string | undefined,
): Promise<void> {
  const accountId = await accountOf(store, id)
  const [row] = await store.findByKeys('connector', ['accountId', 'id'], [[accountId, id]])
  const body = installBodyOf(hands)
  const fields = body.fieldsOf(method)
  if (fields === undefined) throw new AppError('INVALID_INPUT', `there is no way in called ${method}`)
  const asked = body.read({ ...(await readGiven(file, fields)), method })
  const entry = body.readFor(CONNECTORS.get(row!.platform)!, asked)
  if (entry.method === 'manual') {
    return show(await installing.byHand(accountId, id, entry.given.webhookSecrets as readonly string[]))
  }
  const { authorizeUrl, ...place } = await installing.install(accountId, id, entry)
  show(place)
  if (authorizeUrl !== undefined) print(`Open within 15 minutes, as the merchant: ${authorizeUrl}`)
}

function act(text: string, name: 'check' | 'uninstall'): Promise<void> {
  return withInstallation('visiting', async ({ store, installations: { installing } }) => {
    const id = readId('id', text)
    show(await installing[name](await accountOf(store, id), id))
  })
}

/** Ids are unique in the installation. @throws AppError NOT_FOUND */
async function accountOf(store: Installation['store'], id: string): Promise<string> {
  const [row] = await store.findByKeys('connector', ['id'], [[id]])
  if (row === undefined) throw recordNotFound('connector')
  return row.accountId
}

function show({ connector, installation }: Place): void {
  const { state, method, subscriptions, missingScopes, problem } = installation
  print(
    `${connector.name} (${connector.platform}, ${connector.status}): ${state}, ${method ?? 'not installed'}`,
  )
  for (const { topic, state } of subscriptions) print(`  ${topic}  ${state}`)
  if (missingScopes.length > 0) print(`  not granted: ${missingScopes.join(', ')}`)
  if (problem !== null) print(`  ${problem.code}: ${problem.message}`)
}

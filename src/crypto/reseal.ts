import { findRow, untilCommitted } from '../commit/planned.ts'
import { change } from '../ports/changes.ts'
import { present } from '../ports/conditions.ts'
import { eachRow } from '../ports/paging.ts'
import type { CollectionName, Row } from '../ports/schema.ts'
import type { SecretBox, SecretPlace } from '../ports/secret-box.ts'
import type { Store } from '../ports/store.ts'
import { sealCheck } from './key-check.ts'
import { eachSealedField, type SealedFieldOf } from './sealed-fields.ts'

export interface ResealDeps {
  readonly store: Store
  readonly secretBox: SecretBox
}

export interface ResealOptions {
  /** Only counts. */
  readonly dryRun?: boolean
  /** Go on without the keys that are lost: what they sealed stays unreadable. */
  readonly giveUpLost?: boolean
  /** How many secrets were looked at. */
  readonly onProgress?: (done: number) => void
}

/** A secret that none of the keys opens. */
export interface LostSecret extends SealedFieldOf {
  readonly id: string
  readonly why: string
}

export interface ResealReport {
  readonly secrets: number
  /** Sealed under the first key and bound to their row before. */
  readonly current: number
  /** Written anew, or what would be. */
  readonly resealed: number
  readonly lost: number
  /** At most 100 of the lost. */
  readonly lostOnes: readonly LostSecret[]
}

const LOST_SHOWN = 100

type Outcome = 'current' | 'resealed' | 'gone' | { readonly why: string }
type SealedRow = Row<CollectionName> & Readonly<Record<string, unknown>>

/**
 * Seals every secret anew under the first key, bound to its row; then the check by which a wrong key is noticed. Each
 * row is a commit of its own, guarded by the text that was read, so the program may run beside it and a killed one is
 * simply run again. Nothing else of a row changes but its revision.
 * @throws AppError STORE_BUSY | STORE_UNAVAILABLE
 */
export async function reseal(deps: ResealDeps, options: ResealOptions = {}): Promise<ResealReport> {
  const counted = { secrets: 0, current: 0, resealed: 0, lost: 0 }
  const lostOnes: LostSecret[] = []
  for (const sealedField of eachSealedField()) {
    const { collection, field } = sealedField
    for await (const row of eachRow(deps.store, collection, present(field))) {
      const outcome = await resealRow(deps, sealedField, row as SealedRow, options.dryRun === true)
      if (outcome !== 'gone') counted.secrets += 1
      options.onProgress?.(counted.secrets)
      if (outcome === 'gone') continue
      if (typeof outcome === 'string') counted[outcome] += 1
      else {
        counted.lost += 1
        if (lostOnes.length < LOST_SHOWN) lostOnes.push({ ...sealedField, id: row.id, why: outcome.why })
      }
    }
  }
  const isWhole = counted.lost === 0 || options.giveUpLost === true
  if (isWhole && options.dryRun !== true) await sealCheck(deps.store, deps.secretBox)
  return { ...counted, lostOnes }
}

async function resealRow(
  { store, secretBox }: ResealDeps,
  { collection, field }: SealedFieldOf,
  met: SealedRow,
  dryRun: boolean,
): Promise<Outcome> {
  const place = { collection, id: met.id, field } as SecretPlace
  let row: SealedRow | null = met
  let outcome: Outcome = 'current'
  await untilCommitted(store, `${collection} ${met.id} could not be sealed anew`, async () => {
    row ??= (await findRow(store, collection, met.accountId, met.id)) as SealedRow | null
    const before = row?.[field] as string | null | undefined
    outcome = row === null || before === null || before === undefined ? 'gone' : 'current'
    if (row === null || outcome === 'gone' || secretBox.isCurrent(before!)) return null
    const plain = opened(secretBox, before!, place)
    if (typeof plain !== 'string') outcome = plain
    else outcome = 'resealed'
    if (typeof plain !== 'string' || dryRun) return null
    const guard = { [field]: before } as Partial<Row<CollectionName>>
    const set = { [field]: secretBox.seal(plain, place), ...nextRevision(row) } as Partial<
      Row<CollectionName>
    >
    const { id, accountId } = row
    // after a conflict it is read again
    row = null
    return [change(collection, { id, accountId }, guard, set)]
  })
  return outcome
}

/** What writers that read the row before compare: they decide anew. */
function nextRevision({ revision }: Readonly<Record<string, unknown>>): object {
  return typeof revision === 'number' ? { revision: revision + 1 } : {}
}

function opened(secretBox: SecretBox, sealed: string, place: SecretPlace): string | { readonly why: string } {
  try {
    return secretBox.open(sealed, place)
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) }
  }
}

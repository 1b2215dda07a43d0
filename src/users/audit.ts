import { AsyncLocalStorage } from 'node:async_hooks'
import { insert } from '../ports/changes.ts'
import type { Clock } from '../ports/clock.ts'
import type { ActorKind } from '../ports/schema/console-values.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { type Told, toldOf } from './audit-fields.ts'

/** Who makes a change. */
export interface Actor {
  readonly kind: ActorKind
  /** Of the user or the key; null: the command line has none. */
  readonly id: string | null
  /** The user's address, the key's name, the command. */
  readonly name: string | null
  /** Where the request came from; null: from this machine. */
  readonly address: string | null
}

/** What somebody is doing. */
export interface Act {
  readonly actor: Actor
  readonly accountId: string
  /** `create`, `patch`, `delete`, or the name of what else can be done: `replay`, `install`, `sign_in`. */
  readonly action: string
  readonly slug: string
  readonly recordId: string | null
}

export interface AuditDeps {
  readonly clock: Clock
  readonly newId: () => string
}

const acting = new AsyncLocalStorage<{ readonly act: Act; isNoted: boolean }>()

/** Everything that `run` writes through an audited store is this actor's doing. */
export function actAs<T>(act: Act, run: () => T): T {
  return acting.run({ act, isNoted: false }, run)
}

/**
 * A store that adds to each commit who made it: an entry of `audit_log` for each record that is made, changed or removed,
 * in the same commit. What changes none of those that merchants keep, a replay say, has one entry for the act itself,
 * with its first commit. Outside of `actAs` nothing is added.
 */
export function auditedStore(store: Store, deps: AuditDeps): Store {
  const commit: Store['commit'] = async (changes) => {
    const current = acting.getStore()
    if (current === undefined || changes.length === 0) return store.commit(changes)
    const { act } = current
    const told = await toldOf(store, changes, act)
    const acts: readonly Told[] = told.length > 0 || current.isNoted ? told : [asAct(act)]
    const entries = acts.map((entry) => insert('audit_log', rowOf(deps, act, entry)))
    const result = await store.commit([...changes, ...entries])
    if (result.outcome === 'committed' && entries.length > 0) current.isNoted = true
    return result
  }
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'commit') return commit
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** The entry of something that changes no record: a sign-in, an export. @param after what it was done to, where no id says so */
export function actEntry(deps: AuditDeps, act: Act, after: Told['after'] = null): Change {
  return insert('audit_log', rowOf(deps, act, { ...asAct(act), after }))
}

const asAct = ({ action, slug, recordId }: Act): Told => ({
  action,
  slug,
  recordId,
  before: null,
  after: null,
})

function rowOf({ clock, newId }: AuditDeps, { accountId, actor }: Act, told: Told): Row<'audit_log'> {
  const now = clock.now()
  const { kind: actorKind, id: actorId, name: actorName, address } = actor
  return {
    ...{ id: newId(), accountId, createdAt: now, updatedAt: now },
    ...{ actorKind, actorId, actorName, address },
    ...told,
  }
}

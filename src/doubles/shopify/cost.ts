import type {
  DocumentNode,
  FieldNode,
  GraphQLNamedType,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql'
import type { AdminSchema } from './schema.ts'

/** No query may ask for more. */
export const MAX_QUERY_COST = 1_000
const MUTATION_COST = 10
const CONNECTION_COST = 2
/** Wrappers around one value. */
const FREE = new Set(['MoneyBag', 'MoneyV2', 'PageInfo', 'Count'])

type Variables = Readonly<Record<string, unknown>>

/**
 * What a query may cost at most: objects 1, a connection 2 and what it may return, a mutation 10, scalars nothing.
 * Shopify does not publish how it discounts large connections; this is never less than its price.
 */
export function costOf(
  { graphql, schema }: AdminSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === 'FragmentDefinition' ? [[one.name.value, one] as const] : [],
    ),
  )

  function ofSelection(set: SelectionSetNode, type: GraphQLNamedType): number {
    let sum = 0
    const branches = new Map<string, number>()
    for (const node of set.selections) {
      if (node.kind === 'Field') sum += ofField(node, type)
      else {
        const inner = node.kind === 'FragmentSpread' ? fragments.get(node.name.value) : node
        const on = inner?.typeCondition?.name.value ?? type.name
        const cost = inner === undefined ? 0 : ofSelection(inner.selectionSet, schema.getType(on) ?? type)
        if (on === type.name) sum += cost
        else branches.set(on, (branches.get(on) ?? 0) + cost)
      }
    }
    return sum + Math.max(0, ...branches.values())
  }

  function ofField(node: FieldNode, parent: GraphQLNamedType): number {
    if (!graphql.isObjectType(parent) && !graphql.isInterfaceType(parent)) return 0
    const field = parent.getFields()[node.name.value]
    if (field === undefined || node.selectionSet === undefined) return 0
    const type = graphql.getNamedType(field.type)
    const inner = ofSelection(node.selectionSet, type)
    if (parent === schema.getMutationType()) return MUTATION_COST
    const size = sizeOf(node, variables)
    if (type.name.endsWith('Connection')) return CONNECTION_COST + (size ?? 1) * inner
    const isPart = FREE.has(type.name) || type.name.endsWith('Edge')
    return (size ?? 1) * (inner + (isPart ? 0 : 1))
  }

  const root = schema.getRootType(operation.operation)
  return root === undefined || root === null ? 0 : ofSelection(operation.selectionSet, root)
}

/** What `first` or `last` says; null where there is neither. */
export function sizeOf({ arguments: given = [] }: FieldNode, variables: Variables): number | null {
  for (const { name, value } of given) {
    if (name.value !== 'first' && name.value !== 'last') continue
    if (value.kind === 'IntValue') return Number(value.value)
    if (value.kind === 'Variable') {
      const known = variables[value.name.value]
      if (typeof known === 'number') return known
    }
  }
  return null
}

/** What came of it: objects that were returned. */
export function actualCostOf(data: unknown, isMutation: boolean): number {
  return isMutation ? MUTATION_COST : countObjects(data, true)
}

function countObjects(value: unknown, isRoot = false): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + countObjects(one), 0)
  if (value === null || typeof value !== 'object') return 0
  const isPart =
    isRoot || 'amount' in value || 'hasNextPage' in value || 'shopMoney' in value || 'node' in value
  const inner = Object.values(value).reduce((sum: number, one) => sum + countObjects(one), 0)
  return inner + (isPart ? 0 : 1)
}

export interface Bucket {
  /** Takes `cost` out; false where it does not hold as much. */
  take(cost: number): boolean
  giveBack(cost: number): void
  status(): { maximumAvailable: number; currentlyAvailable: number; restoreRate: number }
  /** Leaves this much in it. */
  drain(left: number): void
}

const SECONDS_HELD = 20

/** The leaky bucket of one app in one shop. */
export function createBucket(restoreRate: number, now: () => number): Bucket {
  const maximum = restoreRate * SECONDS_HELD
  let available = maximum
  let at = now()
  function restore(): void {
    const time = now()
    available = Math.min(maximum, available + ((time - at) / 1_000) * restoreRate)
    at = time
  }
  return {
    take(cost) {
      restore()
      if (available < cost) return false
      available -= cost
      return true
    },
    giveBack(cost) {
      available = Math.min(maximum, available + cost)
    },
    status() {
      restore()
      return { maximumAvailable: maximum, currentlyAvailable: Math.floor(available), restoreRate }
    },
    drain(left) {
      restore()
      available = left
    },
  }
}

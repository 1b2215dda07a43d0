import { fault } from './faults.ts'

/** What a form says: texts, lists and objects of them. */
export type Tree = { [name: string]: Node }
export type Node = string | Tree | Node[]

/** `promotion[type]=coupon&expand[]=a&enabled_events[0]=b`, as Stripe reads it. */
export function readForm(text: string): Tree {
  const root: Tree = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const path = [...name.matchAll(/^([^[\]]+)|\[([^[\]]*)\]/g)].map(
      ([, first, inner]) => first ?? inner ?? '',
    )
    if (path.length === 0) throw fault(400, { message: `Invalid parameter name: ${name}` })
    put(root, path, value)
  }
  return root
}

function put(tree: Tree, [name = '', ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    tree[name] = value
    return
  }
  const isList = rest[0] === '' || /^\d+$/.test(rest[0] ?? '')
  const inner = tree[name]
  if (isList) {
    const list = Array.isArray(inner) ? inner : []
    tree[name] = list
    if (rest.length === 1) list.push(value)
    else {
      const element: Tree = {}
      put(element, rest.slice(1), value)
      list.push(element)
    }
    return
  }
  const next: Tree = inner !== undefined && typeof inner !== 'string' && !Array.isArray(inner) ? inner : {}
  tree[name] = next
  put(next, rest, value)
}

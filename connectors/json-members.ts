/**
 * Which members of an object are read, by name: whole (`true`), or of the object or list of objects there again some.
 */
export interface MemberNames {
  readonly [name: string]: true | MemberNames
}

/** What is read of a value: all of it, or members by name. */
export type Wanted = true | WantedMembers

interface Candidate {
  readonly name: string
  /** Its place among the names. */
  readonly place: number
  readonly bytes: Uint8Array
  readonly wanted: Wanted
}

/** Member names, worked out for being looked up by the bytes of a key. Made once, when the program starts. */
export class WantedMembers {
  readonly #byName: ReadonlyMap<string, Candidate>
  readonly #byLength: readonly (readonly Candidate[])[]

  constructor(names: MemberNames) {
    const candidates = Object.entries(names).map(([name, inner], place): Candidate => {
      const wanted = inner === true ? true : new WantedMembers(inner)
      return { name, place, bytes: Buffer.from(name), wanted }
    })
    this.#byName = new Map(candidates.map((candidate) => [candidate.name, candidate]))
    const longest = Math.max(0, ...candidates.map(({ bytes }) => bytes.length))
    this.#byLength = Array.from({ length: longest + 1 }, (_, length) =>
      candidates.filter(({ bytes }) => bytes.length === length),
    )
  }

  /** How many names there are. */
  get size(): number {
    return this.#byName.size
  }

  /** In the order of their places. */
  names(): string[] {
    return [...this.#byName.keys()]
  }

  get(name: string): Candidate | undefined {
    return this.#byName.get(name)
  }

  /** By a key without escapes: the bytes from `start` to before `end`. */
  find(bytes: Uint8Array, start: number, end: number): Candidate | undefined {
    const candidates = this.#byLength[end - start]
    if (candidates === undefined) return undefined
    for (const candidate of candidates) if (isAt(bytes, start, candidate.bytes)) return candidate
    return undefined
  }
}

function isAt(bytes: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let at = 0; at < name.length; at++) if (bytes[start + at] !== name[at]) return false
  return true
}

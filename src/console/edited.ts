import { useEffect, useRef, useState } from 'preact/hooks'
import { asFailure, Failure } from './api/failure.ts'
import { patch, readTagged } from './api/records.ts'

/** So often in a row others may be faster. */
const MOST_TRIES = 5

type Fields = Readonly<Record<string, unknown>>

interface Saved {
  readonly id: string
  readonly updatedAt: string
}

export interface EditedOptions<T, Y> {
  readonly slug: string
  /** null for one that is to be made. */
  readonly record: T | null
  /** What stands in the form for a record. */
  readonly typedOf: (record: T | null) => Y
  /** What is sent for what stands in the form. */
  readonly fieldsOf: (typed: Y, record: T | null) => Fields
  /** What the form calls each field. */
  readonly words: Readonly<Record<string, string>>
}

export interface Edited<Y> {
  readonly typed: Y
  set(change: Partial<Y>): void
  /**
   * Sends what was changed here, and nothing else, so that what somebody else changed meanwhile stays. Where both have
   * changed the same it is said first; the next time it is sent. @returns whether there was something to send
   * @throws Failure
   */
  save(): Promise<boolean>
}

/** A form over a record that others change too: while nothing was typed it follows, what was typed stays. */
export function useEdited<T extends Saved, Y extends object>(options: EditedOptions<T, Y>): Edited<Y> {
  const { slug, record, typedOf, fieldsOf, words } = options
  const [base, setBase] = useState(record)
  const [typed, setTyped] = useState(() => typedOf(record))
  const seen = useRef(record)
  const fieldsAsIn = (row: T | null) => fieldsOf(typedOf(row), row)
  const begin = (row: T | null) => {
    seen.current = row
    setBase(row)
    setTyped(typedOf(row))
  }
  useEffect(() => {
    if (record?.updatedAt !== base?.updatedAt && !differs(typed, typedOf(base))) begin(record)
  }, [record])

  const save = async () => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await saveOnce()
      } catch (error) {
        // somebody was faster in between: what they changed is looked at first
        if (asFailure(error).code !== 'PRECONDITION_FAILED' || tries === MOST_TRIES) throw error
      }
    }
  }
  const saveOnce = async () => {
    const before = fieldsAsIn(base)
    const mine = Object.entries(fieldsOf(typed, base)).filter(([name, value]) => differs(value, before[name]))
    if (base === null || mine.length === 0) return false
    const { record: fresh, tag } = await readTagged<T>(slug, base.id)
    const now = fieldsAsIn(fresh)
    const known = fieldsAsIn(seen.current)
    const theirs = mine.filter(
      ([name, value]) => differs(now[name], known[name]) && differs(now[name], value),
    )
    if (theirs.length > 0) {
      seen.current = fresh
      throw changedMeanwhile(theirs.map(([name]) => said(words[name] ?? name, now[name])))
    }
    begin(await patch<T>(slug, base.id, Object.fromEntries(mine), tag))
    return true
  }
  return { typed, set: (change) => setTyped((all) => ({ ...all, ...change })), save }
}

const differs = (one: unknown, other: unknown): boolean => JSON.stringify(one) !== JSON.stringify(other)

const said = (label: string, value: unknown): string =>
  typeof value === 'string' || typeof value === 'number'
    ? `“${label}”, which is “${value}” now`
    : `“${label}”`

function changedMeanwhile(names: readonly string[]): Failure {
  const message = `Somebody else has changed meanwhile: ${names.join('; ')}. What you typed is still here. Save again to put it in the place of theirs, or load the page again to see theirs.`
  return new Failure(409, 'CHANGED_MEANWHILE', message)
}

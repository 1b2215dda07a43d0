import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { asFailure, type Failure } from './api/failure.ts'

/** After this long without an answer a page says that it takes longer than usual. */
const SLOW_MS = 4_000

export interface Loaded<T> {
  readonly data: T | null
  readonly failure: Failure | null
  readonly isLoading: boolean
  readonly isSlow: boolean
  /** Asks again; what is shown stays until the answer is there. */
  reload(): void
}

/** Asks for something when it is shown, and anew when one of `inputs` changes; an answer that comes too late is dropped. */
export function useLoad<T>(ask: (signal: AbortSignal) => Promise<T>, inputs: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, 'reload'>>({
    data: null,
    failure: null,
    isLoading: true,
    isSlow: false,
  })
  const [turn, setTurn] = useState(0)
  const latest = useRef(ask)
  latest.current = ask
  useEffect(() => {
    const abort = new AbortController()
    setState((before) => ({ ...before, failure: null, isLoading: true, isSlow: false }))
    const slow = setTimeout(() => setState((before) => ({ ...before, isSlow: true })), SLOW_MS)
    latest
      .current(abort.signal)
      .then(
        (data) => !abort.signal.aborted && setState({ data, failure: null, isLoading: false, isSlow: false }),
        (error: unknown) =>
          !abort.signal.aborted &&
          setState((before) => ({ ...before, failure: asFailure(error), isLoading: false, isSlow: false })),
      )
      .finally(() => clearTimeout(slow))
    return () => {
      clearTimeout(slow)
      abort.abort()
    }
  }, [...inputs, turn])
  const reload = useCallback(() => setTurn((count) => count + 1), [])
  return { ...state, reload }
}

export interface Doing<A extends readonly unknown[]> {
  readonly isBusy: boolean
  readonly failure: Failure | null
  /** @returns whether it went well */
  run(...input: A): Promise<boolean>
  forget(): void
}

/** Something that a button does: once at a time, with what went wrong. */
export function useDoing<A extends readonly unknown[]>(act: (...input: A) => Promise<unknown>): Doing<A> {
  const [state, setState] = useState<{ isBusy: boolean; failure: Failure | null }>({
    isBusy: false,
    failure: null,
  })
  const busy = useRef(false)
  const run = async (...input: A) => {
    if (busy.current) return false
    busy.current = true
    setState({ isBusy: true, failure: null })
    try {
      await act(...input)
      setState({ isBusy: false, failure: null })
      return true
    } catch (error) {
      setState({ isBusy: false, failure: asFailure(error) })
      return false
    } finally {
      busy.current = false
    }
  }
  return { ...state, run, forget: () => setState({ isBusy: false, failure: null }) }
}

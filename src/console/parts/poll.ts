import { useEffect, useRef } from 'preact/hooks'

const LONGEST_MS = 60_000

/**
 * Asks again and again while somebody looks: not while the page is hidden, never twice at once, and less often while it
 * fails. @param look what it asks; a failure is not told, the next time may go well
 */
export function usePoll(look: () => Promise<unknown>, everyMs: number): void {
  const latest = useRef(look)
  latest.current = look
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isGone = false
    let isAsking = false
    let pause = everyMs
    const wait = () => {
      clearTimeout(timer)
      if (!isGone && !document.hidden) timer = setTimeout(ask, pause)
    }
    const ask = async () => {
      if (isAsking || isGone || document.hidden) return
      isAsking = true
      try {
        await latest.current()
        pause = everyMs
      } catch {
        pause = Math.min(2 * pause, LONGEST_MS)
      }
      isAsking = false
      wait()
    }
    const shown = () => (document.hidden ? clearTimeout(timer) : void ask())
    document.addEventListener('visibilitychange', shown)
    wait()
    return () => {
      isGone = true
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', shown)
    }
  }, [everyMs])
}

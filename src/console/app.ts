import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Account } from '../client/schema.ts'
import { asFailure, type Failure } from './api/failure.ts'
import { onSignedOut } from './api/request.ts'
import { Frame } from './frame.ts'
import { html } from './html.ts'
import { SignInPage } from './pages/sign-in.ts'
import { SignInAgain } from './pages/sign-in-again.ts'
import { StartPage } from './pages/start.ts'
import { Announcements } from './parts/announce.ts'
import { Loading, Wrong } from './parts/states.ts'
import { nextAddress } from './place.ts'
import { navigate, usePlace } from './router.ts'
import {
  readAccount,
  readUser,
  type Session,
  SessionContext,
  signOut,
  type User,
  useSameUser,
} from './session.ts'

type Standing =
  | { readonly kind: 'asking' }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'wrong'; readonly failure: Failure }
  | { readonly kind: 'in'; readonly user: User; readonly account: Account }

/** Everything: who is signed in decides what there is to see. */
export function App() {
  const { page, query } = usePlace()
  const [standing, setStanding] = useState<Standing>({ kind: 'asking' })
  const [again, setAgain] = useState<{ readonly goOn: () => void } | null>(null)

  const look = async () => {
    try {
      const [user, account] = await Promise.all([readUser(), readAccount()])
      setStanding({ kind: 'in', user, account })
    } catch (error) {
      const failure = asFailure(error)
      setStanding(failure.status === 401 ? { kind: 'nobody' } : { kind: 'wrong', failure })
    }
  }
  useEffect(() => {
    void look()
  }, [])

  const isIn = standing.kind === 'in'
  useEffect(() => {
    if (!isIn) return
    let waiting: Promise<void> | null = null
    // however many requests find the session gone, one dialog asks
    onSignedOut(() => {
      waiting ??= new Promise<void>((resolve) => {
        setAgain({
          goOn: () => {
            waiting = null
            setAgain(null)
            resolve()
            // the role may be another one since
            void look()
          },
        })
      })
      return waiting
    })
    return () => onSignedOut(null)
  }, [isIn])

  useSameUser(standing.kind === 'in' ? standing.user : null, look)

  const session = useMemo<Session | null>(() => {
    if (standing.kind !== 'in') return null
    const { user, account } = standing
    const leave = async () => {
      await signOut()
      setStanding({ kind: 'nobody' })
      navigate('/')
    }
    return { user, account, reload: look, signOut: leave }
  }, [standing])

  const next = nextAddress(query)
  useEffect(() => {
    if (isIn && next !== null) location.replace(next)
  }, [isIn, next])

  if (page === '/start') return html`<${StartPage} done=${look} />`
  if (standing.kind === 'asking' || (isIn && next !== null))
    return html`<main class="alone"><${Loading} /></main>`
  if (standing.kind === 'wrong') {
    return html`<main class="alone"><h1>Streakline</h1><${Wrong} failure=${standing.failure} retry=${look} /></main>`
  }
  if (session === null) return html`<${SignInPage} done=${look} />`
  return html`<${SessionContext.Provider} value=${session}>
    <${Frame} />
    ${again !== null && html`<${SignInAgain} email=${session.user.email} userId=${session.user.id} goOn=${again.goOn} />`}
    <${Announcements} />
  </${SessionContext.Provider}>`
}

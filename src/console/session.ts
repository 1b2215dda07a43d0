import { createContext } from 'preact'
import { useContext, useEffect } from 'preact/hooks'
import type { Account } from '../client/schema.ts'
import { list } from './api/records.ts'
import { request } from './api/request.ts'

export type Role = 'owner' | 'staff' | 'viewer'

export interface User {
  readonly id: string
  readonly email: string
  readonly role: Role
  readonly accountId: string
}

/** Who is signed in, and for which account. */
export interface Session {
  readonly user: User
  readonly account: Account
  /** Reads both again, after one of them was changed. */
  reload(): Promise<void>
  signOut(): Promise<void>
}

/** Who is signed in, by the cookie. @throws Failure, 401 where nobody is */
export async function readUser(): Promise<User> {
  const { data } = await request<{ data: { user: User } }>('GET', '/console/session', undefined, {
    isSigningIn: true,
  })
  return data.user
}

/** The one account that whoever is signed in belongs to. @throws Failure */
export async function readAccount(): Promise<Account> {
  const { data } = await list<Account>('account')
  return data[0]!
}

export async function signIn(email: string, password: string): Promise<void> {
  await request('POST', '/console/session', { email, password }, { isSigningIn: true })
  tabs.postMessage(CHANGED)
}

export async function signOut(): Promise<void> {
  await request('DELETE', '/console/session', undefined, { isSigningIn: true })
  tabs.postMessage(CHANGED)
}

/** The tabs of a browser share one session: each tells the others when it is another one. */
const tabs = new BroadcastChannel('streakline session')
const CHANGED = 'changed'

/**
 * Looks after whoever this page was opened by, whenever another tab has signed in or out and when somebody comes back to
 * this one: an ended session is begun anew, and somebody else's begins with a page of their own.
 */
export function useSameUser(user: User | null, changed: () => void): void {
  useEffect(() => {
    if (user === null) return
    const look = async () => {
      const { data } = await request<{ data: { user: User } }>('GET', '/console/session')
      if (data.user.id !== user.id) location.reload()
      else if (data.user.role !== user.role) changed()
    }
    const lookNow = () => void look().catch(() => {})
    const shown = () => document.hidden || lookNow()
    tabs.addEventListener('message', lookNow)
    document.addEventListener('visibilitychange', shown)
    return () => {
      tabs.removeEventListener('message', lookNow)
      document.removeEventListener('visibilitychange', shown)
    }
  }, [user?.id, user?.role])
}

export function setPassword(token: string, password: string, email: string | null): Promise<void> {
  const body = { token, password, ...(email === null ? {} : { email }) }
  return request('POST', '/console/password', body, { isSigningIn: true })
}

export const SessionContext = createContext<Session | null>(null)

/** Only below a page that somebody is signed in for. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === null) throw new Error('nobody is signed in here')
  return session
}

/** Whether the role may change shops, streaks and coupons. */
export const mayChange = ({ role }: User): boolean => role !== 'viewer'
/** Whether the role may change the account, keys, users, and read who changed what. */
export const isOwner = ({ role }: User): boolean => role === 'owner'

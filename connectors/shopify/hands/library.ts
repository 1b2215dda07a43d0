import { AsyncLocalStorage } from 'node:async_hooks'
import type { Shopify } from '@shopify/shopify-api'
import { NoAnswer, type PlatformAnswer, type PlatformCalls } from '../../../src/ports/platform-calls.ts'

/** The version of the Admin API that is asked, and that webhooks are told in. */
export const API_VERSION = '2026-10'

/** What one request of Shopify's library is sent by, and what came of it. */
interface Conversation {
  readonly calls: PlatformCalls
  readonly signal: AbortSignal
  answer: PlatformAnswer | null
  failure: NoAnswer | null
}

/**
 * Shopify's library sends everything by one function for the whole process (`setAbstractFetchFunc`). Ours knows no shop
 * and keeps nothing: it sends by what the caller brought, and not at all where nobody did. So requests of several shops
 * that are under way together cannot meet.
 */
const conversations = new AsyncLocalStorage<Conversation>()

type Library = typeof import('@shopify/shopify-api')
let loaded: Promise<Library> | undefined

/** Read when a shop is first asked something: it takes most of a second and 30 MB. */
function load(): Promise<Library> {
  loaded ??= readLibrary()
  return loaded
}

async function readLibrary(): Promise<Library> {
  await import('@shopify/shopify-api/adapters/node')
  const { setAbstractFetchFunc } = await import('@shopify/shopify-api/runtime')
  setAbstractFetchFunc(sendInConversation)
  return await import('@shopify/shopify-api')
}

async function sendInConversation(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const conversation = conversations.getStore()
  if (conversation === undefined) throw new Error('Shopify’s library sent a request that nobody asked for')
  const { calls, signal } = conversation
  try {
    const answer = await calls('shopify', {
      method: init?.method === 'POST' ? 'POST' : 'GET',
      url: String(input),
      headers: Object.fromEntries(new Headers(init?.headers)),
      ...(typeof init?.body === 'string' ? { body: init.body } : {}),
      signal,
    })
    conversation.answer = answer
    return responseOf(answer)
  } catch (error) {
    if (error instanceof NoAnswer) conversation.failure = error
    throw error
  }
}

function responseOf({ status, headers, text }: PlatformAnswer): Response {
  const isBodiless = status === 204 || status === 205 || status === 304
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || name === 'content-encoding' || name === 'content-length' ? [] : [[name, value]],
  ) as [string, string][]
  return new Response(isBodiless ? null : text, { status, headers: kept })
}

export interface AppKeys {
  /** '' where only a token is known. */
  readonly clientId: string
  readonly clientSecret: string
}

/**
 * Has Shopify's library send one request, and gives the platform's own answer to it: what the library makes of answers
 * (throws, reads as a session) is left aside, since it neither checks that a token is in one nor tells trouble that may
 * pass from a no.
 * @throws NoAnswer
 */
export async function converse(
  calls: PlatformCalls,
  signal: AbortSignal,
  { clientId, clientSecret }: AppKeys,
  ask: (api: Shopify, library: Library) => Promise<unknown>,
): Promise<PlatformAnswer> {
  const library = await load()
  const conversation: Conversation = { calls, signal, answer: null, failure: null }
  const api = library.shopifyApi({
    apiKey: clientId === '' ? 'unknown' : clientId,
    apiSecretKey: clientSecret,
    apiVersion: API_VERSION as (typeof library.ApiVersion)['October26'],
    // neither is used: nobody is sent anywhere by the library
    hostName: 'localhost',
    isEmbeddedApp: false,
    logger: { log: () => undefined, level: library.LogSeverity.Error, httpRequests: false },
  })
  const thrown = await conversations
    .run(conversation, () => ask(api, library))
    .then(
      () => null,
      (error: unknown) => error,
    )
  if (conversation.failure !== null) throw conversation.failure
  if (conversation.answer !== null) return conversation.answer
  throw thrown instanceof Error ? thrown : new Error('Shopify’s library sent nothing')
}

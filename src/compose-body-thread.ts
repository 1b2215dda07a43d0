import { parentPort } from 'node:worker_threads'
import { connectorFor } from '../connectors/registry.ts'
import { type Reading, type Refused, readBody, type Unread } from './inbox/reading.ts'
import type { Said } from './threads/asked-thread.ts'

/** The thread that reads large bodies: the other end of an `AskedThread`. */
function answerTo(unread: Unread): Said<Reading | Refused> {
  const { rawBody } = unread
  // a copied Buffer arrives as the plain bytes that it is
  const bytes = Buffer.from(rawBody.buffer, rawBody.byteOffset, rawBody.byteLength)
  try {
    return { answer: readBody(connectorFor(unread.connector.platform)!, { ...unread, rawBody: bytes }) }
  } catch (failure) {
    return { failure }
  }
}

parentPort?.on('message', (unread: Unread) => parentPort?.postMessage(answerTo(unread)))

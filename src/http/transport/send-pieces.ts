import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CallerGone } from '../error-handler.ts'

/**
 * Sends `{"data": …}` in pieces, as fast as the caller reads. What goes wrong before the first piece can still be
 * answered; afterwards the connection is cut. @throws whatever the pieces throw; CallerGone
 */
export async function sendPieces(response: ServerResponse, pieces: AsyncGenerator<string>): Promise<void> {
  const first = await pieces.next()
  response.statusCode = 200
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  async function* whole(): AsyncGenerator<string> {
    yield `{"data":${first.done === true ? 'null' : first.value}`
    yield* pieces
    yield '}'
  }
  try {
    await pipeline(Readable.from(whole()), response)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw code === 'ERR_STREAM_PREMATURE_CLOSE' ? new CallerGone() : error
  }
}

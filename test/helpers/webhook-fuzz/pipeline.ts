import { connect } from 'node:net'
import { type RawAnswer, takeAnswer } from '../raw-http.ts'

const CONNECTIONS = 8
const IN_FLIGHT = 16
const ANSWERED_WITHIN_MS = 120_000

/**
 * The answers to requests that are whole, in their order. They are sent over a few connections that are kept, each
 * some requests ahead of its answers. @throws Error when a connection ends before all its requests are answered
 */
export async function sendPipelined(origin: string, requests: readonly Buffer[]): Promise<RawAnswer[]> {
  const answers: RawAnswer[] = []
  const lanes = Array.from({ length: CONNECTIONS }, (_, lane) =>
    requests.map((bytes, at) => ({ bytes, at })).filter(({ at }) => at % CONNECTIONS === lane),
  )
  await Promise.all(
    lanes.map(async (lane) => {
      const got = await playLane(
        origin,
        lane.map(({ bytes }) => bytes),
      )
      for (const [place, answer] of got.entries()) answers[lane[place]!.at] = answer
    }),
  )
  return answers
}

function playLane(origin: string, requests: readonly Buffer[]): Promise<RawAnswer[]> {
  const { hostname, port } = new URL(origin)
  const answers: RawAnswer[] = []
  if (requests.length === 0) return Promise.resolve(answers)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    let sent = 0
    let received: Buffer = Buffer.alloc(0)
    const fill = () => {
      while (sent < requests.length && sent - answers.length < IN_FLIGHT) socket.write(requests[sent++]!)
    }
    const fail = (why: string) => {
      socket.destroy()
      reject(new Error(`${why} after ${answers.length} of ${requests.length} answers`))
    }
    socket.setNoDelay(true)
    socket.setTimeout(ANSWERED_WITHIN_MS, () => fail('no answer'))
    socket.on('data', (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
      for (let taken = takeAnswer(received); taken !== null; taken = takeAnswer(received)) {
        answers.push(taken.answer)
        received = taken.rest
      }
      fill()
      if (answers.length < requests.length) return
      socket.destroy()
      resolve(answers)
    })
    socket.on('close', () => fail('the connection ended'))
    socket.on('error', (error) => fail(error.message))
    fill()
  })
}

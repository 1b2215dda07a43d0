import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { translated } from '../../src/store/mongo/errors.ts'

/** What Node says of a write to a socket whose other end is closed already. */
async function brokenPipe(): Promise<unknown> {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket: Socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
  socket.resume()
  await once(socket, 'end')
  const failed = once(socket, 'error')
  socket.write('anybody there?')
  const [error] = await failed
  socket.destroy()
  server.close()
  return error
}

describe('what goes wrong with MongoDB', () => {
  it('is that the store cannot be used now when the server has hung up', async () => {
    const error = await brokenPipe()
    expect(error).toMatchObject({ code: 'EPIPE' })
    expect(translated(error)).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: 'The store (MongoDB) cannot be used now: the connection was lost.',
    })
  })

  it('stays what it is when it is a mistake of ours', () => {
    const mistake = new TypeError('undefined is not a function')
    expect(translated(mistake)).toBe(mistake)
  })
})

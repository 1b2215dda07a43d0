import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import mongoose from 'mongoose'
import { LastingFault } from '../../src/store/lasting-fault.ts'
import { kindOfFault, translated } from '../../src/store/mongo/errors.ts'

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

  const ofServer = (code: number) =>
    new mongoose.mongo.MongoServerError({ message: 'said by the server', code })

  it.each([
    [14031, 'the disk of the server is full', 'full'],
    [301, 'the files of the server are malformed', 'malformed'],
  ])('is remembered when it is error %d: %s', async (code, why, kind) => {
    const fault = new LastingFault()
    const error = translated(ofServer(code)) as Error
    expect(error).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: `The store (MongoDB) cannot be used now: ${why}.`,
    })
    fault.note(kindOfFault(ofServer(code)), error)
    const tried: string[] = []
    const stillSo = async () => {
      tried.push('write')
      throw error
    }
    await expect(fault.check(stillSo)).rejects.toBe(error)
    // room may come back; a file does not mend itself
    const passed = fault.check(async () => {})
    if (kind === 'full') await expect(passed).resolves.toBeUndefined()
    else await expect(passed).rejects.toBe(error)
    expect(tried).toEqual(kind === 'full' ? ['write'] : [])
  })

  it('is not remembered when it passes by itself', async () => {
    const fault = new LastingFault()
    fault.note(kindOfFault(ofServer(189)), translated(ofServer(189)))
    await expect(fault.check(() => Promise.reject(new Error('nothing to try')))).resolves.toBeUndefined()
  })

  it('stays what it is when it is a mistake of ours', () => {
    const mistake = new TypeError('undefined is not a function')
    expect(translated(mistake)).toBe(mistake)
  })
})

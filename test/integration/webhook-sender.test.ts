import { afterEach, describe, expect, it } from '@jest/globals'
import { createWebhookSender } from '../../src/outgoing/webhook-sender.ts'
import { type ScriptedServer, startScriptedServer } from '../helpers/scripted-server.ts'

const PUBLIC = { address: '203.0.113.9', family: 4 }
const INSIDE = { address: '127.0.0.1', family: 4 }
const clock = { now: Date.now }

const servers: ScriptedServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
})

async function serve(...answer: Parameters<typeof startScriptedServer>): Promise<ScriptedServer> {
  const server = await startScriptedServer(...answer)
  servers.push(server)
  return server
}

const send = (sender: ReturnType<typeof createWebhookSender>, url: string) =>
  sender.send(url, { 'content-type': 'application/json' }, '{}', new AbortController().signal, 1_000)

describe('a message', () => {
  it.each([
    ['metadata of the cloud', '169.254.169.254'],
    ['this machine', '127.0.0.1'],
    ['this machine by IPv6', '::1'],
    ['this machine by an IPv4 address in IPv6', '::ffff:127.0.0.1'],
    ['a neighbour', '10.0.0.7'],
    ['documentation, which is nowhere', PUBLIC.address],
  ])('is not sent to a name that leads to %s', async (_, address) => {
    const resolve = async () => [{ address, family: address.includes(':') ? 6 : 4 }]
    const sender = createWebhookSender({ clock, resolve, refusesAfterMs: 0 })
    await expect(send(sender, 'https://hooks.example/')).rejects.toThrow(/^ADDRESS_REFUSED: /)
  })

  it('TRAP: is judged by where its name leads at each try, not when the endpoint was made', async () => {
    const server = await serve((response) => response.end())
    const asked: string[] = []
    // it led elsewhere when somebody looked; now it leads inside
    const resolve = async (name: string) => {
      asked.push(name)
      return [INSIDE]
    }
    const sender = createWebhookSender({ clock, resolve, refusesAfterMs: 0 })
    const url = `https://rebinding.example:${server.port}/`
    expect(sender.fault(url)).toBeNull()
    for (let time = 0; time < 2; time += 1)
      await expect(send(sender, url)).rejects.toThrow(/^ADDRESS_REFUSED: /)
    expect(asked).toEqual(['rebinding.example', 'rebinding.example'])
    expect(server.connections()).toBe(0)
  })

  it.each([301, 302, 303, 307, 308])('TRAP: is led nowhere by a %s, and so not inside', async (status) => {
    const inside = await serve((response) => response.end('a secret'))
    const server = await serve((response) =>
      response.writeHead(status, { location: inside.url }).end('moved'),
    )
    const sender = createWebhookSender({ clock, allowedHosts: [server.host, inside.host] })
    expect(await send(sender, server.url)).toMatchObject({ status, beginning: 'moved' })
    expect(server.seen).toHaveLength(1)
    expect(inside.connections()).toBe(0)
  })
})

import { describe, expect, it } from '@jest/globals'
import type mongoose from 'mongoose'
import { commitChanges } from '../../../src/store/mongo/commit.ts'
import { connect } from '../../../src/store/mongo/connection.ts'
import { insert, newAccount } from '../store/context.ts'
import { row } from '../store/rows.ts'
import { type MongoContext, withOption } from './context.ts'

const IN_FORCE = { w: 'majority', j: true, wtimeout: expect.any(Number) }

/** That no connection string can take durability away. */
export function describeDurability({ uri }: MongoContext): void {
  it.each([1, 2])(
    'waits for a majority and its journals in a commit of %d, whatever the connection string says',
    async (size) => {
      const lax = withOption(uri, 'w=1&journal=false&readConcernLevel=local&monitorCommands=true')
      const connection = await connect(lax)
      try {
        const sent: mongoose.mongo.CommandStartedEvent[] = []
        connection.models.meta.db.getClient().on('commandStarted', (event) => sent.push(event))
        const accountId = newAccount()
        const changes = Array.from({ length: size }, () => insert('member', row('member', { accountId })))
        expect(await commitChanges(connection, changes)).toEqual({ outcome: 'committed' })
        const decisive = sent.filter(
          ({ commandName }) => commandName === (size === 1 ? 'insert' : 'commitTransaction'),
        )
        expect(decisive.map(({ command }) => command.writeConcern)).toEqual([IN_FORCE])
      } finally {
        await connection.close()
      }
    },
  )

  describe('a connection string', () => {
    it('without a database means streakline', async () => {
      const [, server = '', options = ''] = /^(.*:\/\/[^/]*)\/[^?]*(.*)$/.exec(uri) ?? []
      for (const path of ['', '/']) {
        const connection = await connect(`${server}${path === '' && options !== '' ? '/' : path}${options}`)
        expect(connection.models.meta.db.name).toBe('streakline')
        await connection.close()
      }
    })

    it.each([
      'mongodb://shop:pa:ss-word@127.0.0.1/x',
      'postgres://shop:pa:ss-word@127.0.0.1/x',
      'mongodb://shop:pa%ss-word@127.0.0.1/x',
      'mongodb://shop:pass-word@127.0.0.1/x?nonsense=1',
      '',
    ])('that is none is refused without repeating it: %s', async (malformed) => {
      const error: unknown = await connect(malformed).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('MONGODB_URI') })
      expect(String(error) + String((error as Error).cause)).not.toMatch(/ss-?word/)
    })
  })
}

import { describe, expect, it } from '@jest/globals'
import { readRedisAddress } from '../../src/ports/redis-address.ts'

const open = { username: undefined, password: undefined, tls: false }

describe('the address of Redis', () => {
  it.each(['redis://h', 'rediss://u:p@h:1/2?family=6', 'redis://:a,b@h', 'redis://[::1]:7'])(
    'names a server: %s',
    (url) => {
      expect(readRedisAddress(url)).toEqual({ kind: 'server', url })
    },
  )

  it('names a cluster by several of its nodes', () => {
    expect(readRedisAddress('redis://h1,redis://h2:7001/0, redis://[::1]:7002/')).toEqual({
      kind: 'cluster',
      nodes: [
        { host: 'h1', port: 6379 },
        { host: 'h2', port: 7001 },
        { host: '::1', port: 7002 },
      ],
      access: open,
    })
  })

  it('takes the password of a cluster from whichever node has one', () => {
    const access = { username: 'u', password: 'a,b@', tls: true }
    for (const url of ['rediss://h1,rediss://u:a,b%40@h2', 'rediss://u:a,b%40@h1,rediss://u:a,b%40@h2'])
      expect(readRedisAddress(url)).toMatchObject({ kind: 'cluster', access })
  })

  it('names a cluster that has one address for all nodes by writing it twice', () => {
    expect(readRedisAddress('redis://all,redis://all')).toMatchObject({ kind: 'cluster' })
  })

  it('names a master by the sentinels that watch it', () => {
    expect(readRedisAddress('sentinel://h1,[::1]:26380/mymaster')).toEqual({
      kind: 'sentinel',
      sentinels: [
        { host: 'h1', port: 26379 },
        { host: '::1', port: 26380 },
      ],
      master: 'mymaster',
      database: 0,
      access: open,
      sentinelAccess: open,
    })
  })

  it('tells the password of Redis from that of the sentinels', () => {
    const query = 'db=3&tls=1&sentinelUsername=watch&sentinelPassword=c+d%26'
    expect(readRedisAddress(`sentinel://u:a%2Fb:c@h/my%20master?${query}`)).toMatchObject({
      master: 'my master',
      database: 3,
      access: { username: 'u', password: 'a/b:c', tls: true },
      sentinelAccess: { username: 'watch', password: 'c+d&', tls: true },
    })
    expect(readRedisAddress('sentinel://:p@h/m')).toMatchObject({
      access: { ...open, password: 'p' },
    })
  })

  it.each([
    ['http://x', 'must begin with redis://, rediss:// or sentinel://'],
    ['redis://h1:1,h2:2', 'each node of a cluster so with commas between'],
    ['redis://h:99999', 'cannot be read'],
    ['redis://h1,redis://', 'a node, number 2, that cannot be read'],
    ['redis://h1,', 'a node, number 2, that cannot be read'],
    ['redis://h1,rediss://h2', 'the same for all of them'],
    ['redis://h1/1,redis://h2', 'names a database of a cluster'],
    ['redis://h1?family=6,redis://h2', 'has parameters after a node'],
    ['redis://:hidden@h1,redis://:hidden2@h2', 'different users or passwords'],
    ['redis://:hidden%zz@h1,redis://h2', 'write %25'],
    ['sentinel://h1,h2', 'cannot be read: write sentinel://'],
    ['sentinel://:hidden@/m', 'cannot be read: write sentinel://'],
    ['sentinel://h1,h2:x/m', 'a sentinel, number 2'],
    ['sentinel://h/m?db=-1', 'a whole number from 0 to 16383'],
    ['sentinel://h/m?db=1.5', 'a whole number from 0 to 16383'],
    ['sentinel://h/m?tls=yes', 'a tls that is not 1 or 0'],
    ['sentinel://h/m?sentinelPassword=x&hidden', 'there are db, tls, sentinelUsername, sentinelPassword'],
    ['sentinel://h/m?db=1&db=2', 'or one twice'],
  ])('says what is wrong with %s, without its passwords', (url, sentence) => {
    const read = readRedisAddress(url)
    expect(read).toEqual({ kind: 'fault', fault: expect.stringContaining(sentence) })
    expect(JSON.stringify(read)).not.toContain('hidden')
  })

  it.each(['nodes', 'sentinels'])('names no more than 100 %s', (what) => {
    const address = (count: number) =>
      what === 'nodes'
        ? Array(count).fill('redis://h').join(',')
        : `sentinel://${Array(count).fill('h').join(',')}/m`
    expect(readRedisAddress(address(100)).kind).not.toBe('fault')
    expect(readRedisAddress(address(101))).toEqual({
      kind: 'fault',
      fault: `names 101 ${what}, more than 100`,
    })
  })
})

import { describe, expect, it } from '@jest/globals'
import { readConfig } from '../../src/config.ts'
import { composeServices, fileText, interpolated, variablesIn } from '../helpers/compose-file.ts'

/** The names in the schema of the environment. It is not exported: only `readConfig` is to read the environment. */
function settings(): string[] {
  const [, fields = ''] =
    /const Environment = z\.object\(\{\n([\s\S]*?)\n\}\)/.exec(fileText('src/config.ts')) ?? []
  return [...fields.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name = '']) => name)
}

const services = composeServices()
const example = variablesIn(fileText('.env.example'))
const KEY = Buffer.alloc(32, 7).toString('base64')

function usedByCompose(): string[] {
  return [...new Set([...fileText('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name))]
}

describe('docker-compose.yml', () => {
  it.each(Object.entries(services))(
    'bounds memory and log of %s, and takes rights away',
    (_name, service) => {
      expect(service).toMatchObject({
        mem_limit: expect.stringMatching(/^\d+m$/),
        restart: 'unless-stopped',
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } },
      })
    },
  )

  it('lets the world reach the proxy alone', () => {
    for (const [name, { ports = [] }] of Object.entries(services)) {
      if (name === 'proxy') expect(ports).toEqual(['80:80', '443:443', '443:443/udp'])
      else expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
    }
    expect(services.mongo!.ports).toBeUndefined()
    expect(services.redis!.ports).toBeUndefined()
  })

  it('names exact versions, or what they stand for', () => {
    const images = Object.values(services).flatMap(({ image, build }) => (build === undefined ? [image] : []))
    const bases = [...fileText('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)
    expect(images).toHaveLength(3)
    for (const image of [...images, ...bases])
      expect(image).toMatch(/:\d+\.\d+\.\d+(-\w+)?$|@sha256:[0-9a-f]{64}$/)
  })

  it('starts no server whose password stands where every process can read it', () => {
    for (const name of ['mongo', 'redis']) {
      const { entrypoint = [], command = [] } = services[name]!
      expect(entrypoint.join(' ')).not.toMatch(/\$\{/)
      expect(command.join(' ')).not.toMatch(/\$/)
    }
  })

  it('says what to run where a password is missing', () => {
    const { MONGODB_URI = '', REDIS_URL = '' } = services.web!.environment!
    for (const value of [MONGODB_URI, REDIS_URL]) {
      expect(() => interpolated(value, {})).toThrow('make .env with "bash scripts/make-env.sh"')
    }
  })

  it('gives the program settings that it takes, with the one proxy in front', () => {
    const given = {
      MONGO_PASSWORD: 'p'.repeat(64),
      REDIS_PASSWORD: 'r'.repeat(64),
      STREAKLINE_ENCRYPTION_KEY: KEY,
    }
    const filled = Object.entries(services.web!.environment!).map(([name, value]) => [
      name,
      interpolated(value, given),
    ])
    const config = readConfig({ ...Object.fromEntries(filled), NODE_ENV: 'production', PORT: '8080' })
    expect(config).toMatchObject({
      store: {
        kind: 'mongodb',
        uri: expect.stringContaining(`streakline:${given.MONGO_PASSWORD}@mongo:27017`),
      },
      redisUrl: `redis://:${given.REDIS_PASSWORD}@redis:6379`,
      trustProxyHops: 1,
      operator: null,
      logLevel: 'info',
      shutdownMs: 20_000,
    })
  })

  it('passes every setting on to the program, but those that are its own to set', () => {
    const own = ['NODE_ENV', 'HOST', 'PORT', 'STREAKLINE_DATA_DIR', 'STREAKLINE_EMBEDDED']
    // for tests; the image sets NODE_ENV=production, where it is refused
    own.push('STREAKLINE_PLATFORM_ORIGINS')
    const passed = Object.keys(services.web!.environment!)
    expect([...passed, ...own].sort()).toEqual(settings().sort())
    expect(services.worker!.environment).toEqual(services.web!.environment)
  })
})

describe('.env.example', () => {
  it('has every variable that the program knows, and every one that Compose does', () => {
    expect(settings()).not.toEqual([])
    expect([...example.keys()].sort()).toEqual([...new Set([...settings(), ...usedByCompose()])].sort())
  })

  it('shows the defaults that the program has', () => {
    const shown = Object.fromEntries([...example].filter(([name]) => settings().includes(name)))
    const { NODE_ENV: _, MONGODB_URI: __, REDIS_URL: ___, STREAKLINE_OPS_USER: ____, ...plain } = shown
    expect(readConfig({ ...plain, STREAKLINE_ENCRYPTION_KEY: KEY })).toEqual(
      readConfig({ STREAKLINE_ENCRYPTION_KEY: KEY }),
    )
  })

  it('holds no secret', () => {
    for (const [name, value] of example)
      if (/(ENCRYPTION|MONGO)_KEY$|PASSWORD$/.test(name)) expect([name, value]).toEqual([name, ''])
  })
})

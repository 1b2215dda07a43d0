import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { ConfigError, readConfig } from '../../src/config.ts'

interface Setting {
  readonly name: string
  readonly values: string
  readonly defaultValue: string
}

function textOf(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
}

/** The names in the schema of the environment. It is not exported: only `readConfig` is to read the environment. */
function schemaNames(): string[] {
  const [, fields = ''] =
    /const Environment = z\.object\(\{\n([\s\S]*?)\n\}\)/.exec(textOf('src/config.ts')) ?? []
  return [...fields.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name = '']) => name)
}

/** The rows of the table under "Settings". */
function documentedSettings(): Setting[] {
  const [, section = ''] = /\n## Settings\n([\s\S]*?)\n## /.exec(textOf('docs/operations.md')) ?? []
  const rows = section.split('\n').filter((line) => /^\| `[A-Z_]+` \|/.test(line))
  return rows.map((row) => {
    const [, name = '', , values = '', defaultValue = ''] = row.split('|').map((cell) => cell.trim())
    return { name: name.replaceAll('`', ''), values, defaultValue }
  })
}

const KEY = Buffer.alloc(32).toString('base64')

function faultsOf(name: string, value: number): string {
  try {
    readConfig({ STREAKLINE_ENCRYPTION_KEY: KEY, [name]: String(value) })
    return ''
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
}

describe('the settings in docs/operations.md', () => {
  const settings = documentedSettings()

  it('are those that the program reads, each once', () => {
    expect(schemaNames()).not.toEqual([])
    expect(settings.map(({ name }) => name).sort()).toEqual(schemaNames().sort())
  })

  const numbers = settings.flatMap(({ name, values, defaultValue }) => {
    const [, min, max] = /^(\d+) to (\d+)$/.exec(values) ?? []
    return min === undefined
      ? []
      : [{ name, min: Number(min), max: Number(max), otherwise: Number(defaultValue) }]
  })

  it('include those with a range', () => {
    expect(numbers.map(({ name }) => name)).toContain('STREAKLINE_SHUTDOWN_SECONDS')
  })

  it.each(numbers)('give the range of $name as the program has it', ({ name, min, max }) => {
    expect(faultsOf(name, min)).toBe('')
    expect(faultsOf(name, max)).toBe('')
    expect(faultsOf(name, min - 1)).toContain(name)
    expect(faultsOf(name, max + 1)).toContain(name)
  })

  it('give the defaults that the program has', () => {
    const defaultOf = (name: string) => numbers.find((setting) => setting.name === name)?.otherwise
    const config = readConfig({ STREAKLINE_ENCRYPTION_KEY: KEY })
    expect({
      port: defaultOf('PORT'),
      trustProxyHops: defaultOf('STREAKLINE_TRUST_PROXY'),
      requestsPerKey: defaultOf('STREAKLINE_REQUESTS_PER_KEY'),
      requestsPerEndUser: defaultOf('STREAKLINE_REQUESTS_PER_END_USER'),
      requestsPerAddress: defaultOf('STREAKLINE_REQUESTS_PER_ADDRESS'),
      maxConnections: defaultOf('STREAKLINE_MAX_CONNECTIONS'),
      bodyBudgetBytes: (defaultOf('STREAKLINE_BODY_BUDGET_MIB') ?? 0) * 1024 * 1024,
      deliveryRetentionDays: defaultOf('STREAKLINE_DELIVERY_RETENTION_DAYS'),
      activityConcurrency: defaultOf('STREAKLINE_ACTIVITY_CONCURRENCY'),
      rewardConcurrency: defaultOf('STREAKLINE_REWARD_CONCURRENCY'),
      shutdownMs: (defaultOf('STREAKLINE_SHUTDOWN_SECONDS') ?? 0) * 1000,
    }).toEqual({
      port: config.port,
      trustProxyHops: config.trustProxyHops,
      requestsPerKey: config.requestsPerKey,
      requestsPerEndUser: config.requestsPerEndUser,
      requestsPerAddress: config.requestsPerAddress,
      maxConnections: config.maxConnections,
      bodyBudgetBytes: config.bodyBudgetBytes,
      deliveryRetentionDays: config.deliveryRetentionDays,
      activityConcurrency: config.activityConcurrency,
      rewardConcurrency: config.rewardConcurrency,
      shutdownMs: config.shutdownMs,
    })
  })
})

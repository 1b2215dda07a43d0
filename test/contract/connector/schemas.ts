import { expect, it } from '@jest/globals'
import { type ConnectorSetup, SECRETS } from './context.ts'

export function describeSchemas(setup: ConnectorSetup): void {
  const { credentials, settings } = setup.connector
  const faults = (value: unknown) =>
    credentials.safeParse(value).error?.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`) ??
    []

  it('one to five secrets are taken', () => {
    expect(credentials.parse({ webhookSecrets: ['one'] })).toEqual({ webhookSecrets: ['one'] })
    expect(credentials.parse({ webhookSecrets: SECRETS })).toEqual({ webhookSecrets: SECRETS })
    for (const webhookSecrets of [undefined, [], [...SECRETS, 'sixth'], 'text', ['a', 1]]) {
      expect(faults({ webhookSecrets })).toHaveLength(1)
    }
  })

  it('a secret is a text of 1 to 256 characters as the platform shows it', () => {
    expect(faults({ webhookSecrets: ['s'.repeat(256)] })).toEqual([])
    for (const secret of ['', '   ', 's'.repeat(257), 'pasted\n']) {
      expect(faults({ webhookSecrets: ['good', secret] })[0]).toMatch(/^webhookSecrets\.1 /)
    }
  })

  it('an unknown field is an error that names it', () => {
    expect(faults({ webhookSecrets: ['one'], webhookSecret: 'two' })[0]).toContain('webhookSecret')
    expect(settings.safeParse({ ...setup.settings, extra: 1 }).error?.issues[0]?.message).toContain('extra')
    expect(settings.parse(setup.settings)).toEqual(setup.settings)
  })
}

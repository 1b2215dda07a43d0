import { expect, it } from '@jest/globals'
import { type ConnectorSetup, SECRETS, secretOf } from './context.ts'

export function describeSchemas(setup: ConnectorSetup): void {
  const { credentials, settings } = setup.connector
  const faults = (value: unknown) =>
    credentials.safeParse(value).error?.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`) ??
    []

  it('one to five secrets are taken', () => {
    const one = SECRETS.slice(0, 1)
    expect(credentials.parse({ webhookSecrets: one })).toEqual({ webhookSecrets: one })
    expect(credentials.parse({ webhookSecrets: SECRETS })).toEqual({ webhookSecrets: SECRETS })
    for (const webhookSecrets of [
      undefined,
      [],
      [...SECRETS, secretOf('sixth')],
      'text',
      [secretOf('a'), 1],
    ]) {
      expect(faults({ webhookSecrets })).toHaveLength(1)
    }
  })

  it('a secret is a text of 16 to 256 characters as the platform shows it', () => {
    const long = (characters: number) => 'whsec_'.padEnd(characters, 's')
    for (const secret of [long(16), long(256)]) expect(faults({ webhookSecrets: [secret] })).toEqual([])
    for (const secret of ['', '   ', ' '.repeat(20), long(15), long(257)]) {
      expect(faults({ webhookSecrets: [secretOf('good'), secret] })).toEqual([
        expect.stringMatching(/^webhookSecrets\.1 /),
      ])
    }
  })

  it('a secret that was pasted with white space is refused, and not shown', () => {
    const secret = secretOf('pasted')
    for (const pasted of [`${secret}\n`, ` ${secret}`, `${secret}\u00a0`, secret.replace('_', '_\r\n')]) {
      expect(faults({ webhookSecrets: [pasted] })).toEqual([
        expect.stringMatching(/^webhookSecrets\.0 .*white space/),
      ])
      expect(faults({ webhookSecrets: [pasted] })[0]).not.toContain('pasted')
    }
  })

  it('an unknown field is an error that names it', () => {
    expect(faults({ webhookSecrets: SECRETS, webhookSecret: 'two' })[0]).toContain('webhookSecret')
    expect(settings.safeParse({ ...setup.settings, extra: 1 }).error?.issues[0]?.message).toContain('extra')
    expect(settings.parse(setup.settings)).toEqual(setup.settings)
  })
}

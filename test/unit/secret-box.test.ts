import { randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createSecretBox } from '../../src/crypto/secret-box.ts'

const newKey = () => randomBytes(32).toString('base64')
const PLACE = {
  collection: 'connector',
  id: '0199a8c2-0000-7000-8000-000000000001',
  field: 'sealedCredentials',
} as const
/** Made by version 0.1, before texts were bound to their place. */
const OF_BEFORE = {
  key: 'AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=',
  sealed: 'v1.d5af060d13fc.nynF-0pANmuNL64Lg4MHH9zgdZa4CAXauHWycX7ulpjViNjLr-9Js1HDLiVBNq3-htyw8vPrOw',
  plain: '{"webhookSecrets":["hush"]}',
}

describe('the secret box', () => {
  it('opens what it sealed, whatever the text', () => {
    const box = createSecretBox([newKey()])
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (plain) => {
        expect(box.open(box.seal(plain, PLACE), PLACE)).toBe(plain)
      }),
    )
  })

  it('seals the same text differently each time, naming version and key', () => {
    const box = createSecretBox([newKey()])
    const sealed = [box.seal('secret', PLACE), box.seal('secret', PLACE)]
    expect(sealed[0]).not.toBe(sealed[1])
    expect(sealed[0]).toMatch(/^v2\.[0-9a-f]{12}\.[A-Za-z0-9_-]+$/)
    expect(sealed[0]?.split('.')[1]).toBe(sealed[1]?.split('.')[1])
  })

  it('still opens with an old key after a new one was put in front, and seals with the new one', () => {
    const [oldKey, newest] = [newKey(), newKey()]
    const before = createSecretBox([oldKey]).seal('secret', PLACE)
    const rotated = createSecretBox([newest, oldKey])
    expect(rotated.open(before, PLACE)).toBe('secret')
    expect(createSecretBox([newest]).open(rotated.seal('secret', PLACE), PLACE)).toBe('secret')
  })

  it('says so when the key of a text is not among the given ones', () => {
    const sealed = createSecretBox([newKey()]).seal('secret', PLACE)
    expect(() => createSecretBox([newKey(), newKey()]).open(sealed, PLACE)).toThrow(
      /sealed with key [0-9a-f]{12}, which is not among the 2 /,
    )
  })

  it('refuses a text in which any single character was changed', () => {
    const box = createSecretBox([newKey()])
    const sealed = box.seal('{"signingSecret":"whsec_x"}', PLACE)
    for (const [index, character] of [...sealed].entries()) {
      const other = character === 'A' ? 'B' : 'A'
      const altered = `${sealed.slice(0, index)}${other}${sealed.slice(index + 1)}`
      // The last character carries bits that base64 leaves unused.
      if (index < sealed.length - 1) expect(() => box.open(altered, PLACE)).toThrow()
    }
  })

  it.each([
    ['row', { ...PLACE, id: '0199a8c2-0000-7000-8000-000000000002' }],
    ['collection', { ...PLACE, collection: 'coupon_provider' }],
    ['field', { ...PLACE, field: 'sealedSecret' }],
  ])('does not open a text that was carried to another %s', (_what, place) => {
    const box = createSecretBox([newKey()])
    const sealed = box.seal('secret', PLACE)
    expect(() => box.open(sealed, place as typeof PLACE)).toThrow(/carried here from another row/)
  })

  it('opens what was sealed before texts were bound, wherever it stands, and calls only its own current', () => {
    const box = createSecretBox([newKey(), OF_BEFORE.key])
    expect(box.open(OF_BEFORE.sealed, PLACE)).toBe(OF_BEFORE.plain)
    const sameKey = createSecretBox([OF_BEFORE.key])
    expect(sameKey.isCurrent(OF_BEFORE.sealed)).toBe(false)
    expect(sameKey.isCurrent(sameKey.seal('secret', PLACE))).toBe(true)
    expect(box.isCurrent(sameKey.seal('secret', PLACE))).toBe(false)
  })

  it('refuses a bound text that is made to look like one of before', () => {
    const box = createSecretBox([newKey()])
    expect(() => box.open(box.seal('x', PLACE).replace('v2', 'v1'), PLACE)).toThrow(/altered/)
  })

  it('refuses texts of another form', () => {
    const box = createSecretBox([newKey()])
    for (const text of [
      '',
      'secret',
      'v1.0123456789ab.',
      'v1.0123456789ab.AAAA',
      'v2.0123456789ab.AAAA',
      `v3.${box.seal('x', PLACE).slice(3)}`,
    ]) {
      expect(() => box.open(text, PLACE)).toThrow(/malformed/)
    }
  })

  it('names the position of a malformed key, and never the key', () => {
    for (const bad of [
      '',
      'short',
      randomBytes(31).toString('base64'),
      randomBytes(33).toString('base64'),
      'ä'.repeat(43),
    ]) {
      let message = ''
      try {
        createSecretBox([newKey(), bad])
      } catch (error) {
        message = (error as Error).message
      }
      expect(message).toMatch(/^encryption key 2 of 2 is not base64 of 32 bytes/)
      if (bad !== '') expect(message).not.toContain(bad)
    }
  })

  it('reads keys with blanks around them, without padding, and in the alphabet for URLs', () => {
    const bytes = randomBytes(32)
    const sealed = createSecretBox([bytes.toString('base64')]).seal('secret', PLACE)
    for (const form of [` ${bytes.toString('base64')}\n`, bytes.toString('base64url')]) {
      expect(createSecretBox([form]).open(sealed, PLACE)).toBe('secret')
    }
  })

  it('cannot be made without a key', () => {
    expect(() => createSecretBox([])).toThrow(/at least one/)
  })
})

import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import type { StoreContext } from './context.ts'

/** What processes of a store agree on beside its rows. */
export function describeNotes({ store, harness, fresh }: StoreContext): void {
  describe('a note', () => {
    it('is absent until it is written, and then the same for everybody', async () => {
      const name = randomUUID()
      const other = await harness().reopen()
      try {
        expect(await store().note(name)).toBeNull()
        expect(await store().writeNote(name, null, 'one')).toBe('one')
        expect(await other.note(name)).toBe('one')
        expect(await other.writeNote(name, 'one', 'two')).toBe('two')
        expect(await store().note(name)).toBe('two')
        expect(await store().note(randomUUID())).toBeNull()
      } finally {
        await other.close()
      }
    })

    it('is left alone when it is not as whoever writes it thinks, who is told what it is', async () => {
      const name = randomUUID()
      expect(await store().writeNote(name, 'something', 'mine')).toBeNull()
      expect(await store().writeNote(name, null, 'one')).toBe('one')
      expect(await store().writeNote(name, null, 'mine')).toBe('one')
      expect(await store().writeNote(name, 'another', 'mine')).toBe('one')
      expect(await store().note(name)).toBe('one')
    })

    it('has one winner when many write it at once', async () => {
      const name = randomUUID()
      const other = await harness().reopen()
      try {
        const values = Array.from({ length: 20 }, (_, index) => `value ${index}`)
        const told = await Promise.all(
          values.map((value, index) => (index % 2 === 0 ? store() : other).writeNote(name, null, value)),
        )
        const noted = await store().note(name)
        expect(values).toContain(noted)
        expect(new Set(told)).toEqual(new Set([noted]))
      } finally {
        await other.close()
      }
    })

    it('needs no migration, takes part in none, and outlives closing', async () => {
      const passing = await fresh()
      try {
        expect(await passing.store.note('zones')).toBeNull()
        expect(await passing.store.writeNote('zones', null, '2026f')).toBe('2026f')
        expect(await passing.store.schemaVersion()).toBe(0)
        await passing.store.migrate()
        await passing.store.close()
        const again = await passing.reopen()
        try {
          expect(await again.note('zones')).toBe('2026f')
        } finally {
          await again.close()
        }
      } finally {
        await passing.close()
      }
    })
  })
}

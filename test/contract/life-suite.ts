import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Store } from '../../src/ports/store.ts'
import { LifeWorld, type Setting, type Trouble } from '../helpers/life-world.ts'
import { propertyRuns } from '../helpers/property-runs.ts'

/** Each arrow of the picture, as `from to`. */
function drawnArrows(): ReadonlySet<string> {
  const page = readFileSync(new URL('../../docs/rewards.md', import.meta.url), 'utf8')
  return new Set([...page.matchAll(/^ {4}(\S+) --> (\S+):/gm)].map(([, from, to]) => `${from} ${to}`))
}

type Command = fc.AsyncCommand<{ rewards: number }, LifeWorld, true>

/** Something that happens, after which everything that always holds is looked at. */
class Happens implements Command {
  readonly name: string
  readonly run_: (world: LifeWorld) => Promise<unknown>
  constructor(name: string, run: (world: LifeWorld) => Promise<unknown>) {
    this.name = name
    this.run_ = run
  }
  check = async () => true
  async run(_model: unknown, world: LifeWorld): Promise<void> {
    const before = await world.placed()
    await this.run_(world)
    expect(await world.faults(before)).toEqual([])
  }
  toString = () => this.name
}

const small = fc.nat({ max: 5 })
const trouble = fc.constantFrom<Trouble>(
  'none',
  'none',
  'none',
  'lost',
  'fault',
  'no',
  'exhausted',
  'ended',
  'access',
)
const hours = fc.constantFrom(1, 13, 25, 49)
const cap = fc.option(fc.nat({ max: 3 }), { nil: null })

const commands = fc.commands<{ rewards: number }, LifeWorld, true>(
  [
    fc
      .tuple(small, fc.nat({ max: 1 }))
      .map(([member, day]) => new Happens(`log ${member} ${day}`, (world) => world.log(`m${member}`, day))),
    small.map((at) => new Happens(`withdraw ${at}`, (world) => world.withdraw(at))),
    small.map((at) => new Happens(`reinstate ${at}`, (world) => world.reinstate(at))),
    fc
      .tuple(small, trouble, fc.boolean())
      .map(
        ([at, meets, lastTry]) =>
          new Happens(`work ${at} ${meets} ${lastTry}`, (world) => world.work(at, meets, lastTry)),
      ),
    trouble.map((meets) => new Happens(`work all ${meets}`, (world) => world.workAll(meets))),
    trouble.map((meets) => new Happens(`attend ${meets}`, (world) => world.attend(meets))),
    hours.map((count) => new Happens(`pass ${count} h`, (world) => world.pass(count))),
    fc.constant(new Happens('find room', (world) => world.findRoom())),
    fc.constant(new Happens('resume', (world) => world.resume())),
    small.map((at) => new Happens(`replay ${at}`, (world) => world.replay(at))),
    small.map((at) => new Happens(`abandon ${at}`, (world) => world.abandon(at))),
    small.map((at) => new Happens(`give a code ${at}`, (world) => world.giveCode(at))),
    small.map((at) => new Happens(`use ${at}`, (world) => world.use(at))),
    cap.map((most) => new Happens(`cap ${most}`, (world) => world.setCap(most))),
  ],
  { maxCommands: 60, size: 'max' },
)

const setting: fc.Arbitrary<Setting> = fc.record({
  holdDays: fc.constantFrom(0, 0, 1),
  onWithdrawal: fc.constantFrom('keep', 'revoke'),
  accountCap: fc.option(fc.nat({ max: 4 }), { nil: null }),
})

/** The life of rewards, held against each store. */
export function describeLife(
  name: string,
  setup: () => Promise<{ store: Store; close(): Promise<void> }>,
  inCi: number,
): void {
  const { runs, timeoutMs } = propertyRuns(inCi)
  describe(`the life of a reward, ${name}`, () => {
    let store: Store
    let close: () => Promise<void>
    const walked = new Set<string>()

    beforeEach(async () => {
      ;({ store, close } = await setup())
    })
    afterEach(() => close())

    it(
      'is what docs/rewards.md draws, whatever happens; caps count what is let through, and are never exceeded',
      async () => {
        const drawn = drawnArrows()
        expect(drawn.size).toBeGreaterThan(30)
        await fc.assert(
          fc.asyncProperty(setting, commands, async (given, happenings) => {
            const world = await LifeWorld.open(store, given)
            await fc.asyncModelRun(() => ({ model: { rewards: 0 }, real: world }), happenings)
            expect([...world.arrows].filter((arrow) => !drawn.has(arrow))).toEqual([])
            for (const arrow of world.arrows) walked.add(arrow)
          }),
          runs,
        )
        // the property is about something
        expect(walked.size).toBeGreaterThan(10)
      },
      timeoutMs,
    )
  })
}

import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  ALONE,
  type Announced,
  Lanes,
  MAX_UNDER_WAY,
  type NoPlace,
  type Place,
} from '../../workers/reward/lanes.ts'

const PROVIDER = '018f0000-0000-7000-8000-00000000000a'
const OTHER = '018f0000-0000-7000-8000-00000000000b'
const never = new AbortController().signal

const isPlace = (entered: Place | NoPlace): entered is Place => 'leave' in entered
async function enter(lanes: Lanes, provider = PROVIDER, signal = never): Promise<Place | NoPlace> {
  return lanes.enter(provider, signal)
}

async function fill(lanes: Lanes, provider = PROVIDER): Promise<Place[]> {
  const entered = await Promise.all(Array.from({ length: MAX_UNDER_WAY }, () => enter(lanes, provider)))
  return entered.filter(isPlace)
}

describe('the places at a provider', () => {
  it('are four for a process that is alone', async () => {
    const lanes = new Lanes(ALONE)
    expect(await fill(lanes)).toHaveLength(4)
  })

  it('of one are not taken by another', async () => {
    const lanes = new Lanes(ALONE)
    await fill(lanes)
    expect(await fill(lanes, OTHER)).toHaveLength(4)
  })

  it('are passed on in the order of arrival, and whoever waited is told', async () => {
    const lanes = new Lanes(ALONE)
    const [first] = await fill(lanes)
    const order: string[] = []
    const waiting = ['a', 'b'].map(async (name) => {
      const place = await enter(lanes)
      order.push(name)
      return place
    })
    first!.leave()
    const a = (await waiting[0]) as Place
    expect(a).toMatchObject({ hasWaited: true })
    expect(order).toEqual(['a'])
    a.leave()
    await waiting[1]
    expect(order).toEqual(['a', 'b'])
  })

  it('are not waited for by more than sixteen: the others come back about when it is their turn', async () => {
    const lanes = new Lanes(ALONE)
    await fill(lanes)
    for (let at = 0; at < 16; at += 1) void enter(lanes)
    const first = await enter(lanes)
    const hundredth = await Promise.all(Array.from({ length: 99 }, () => enter(lanes))).then(
      (all) => all.at(-1)!,
    )
    expect(first).toMatchObject({ afterMs: expect.any(Number) })
    expect((hundredth as NoPlace).afterMs).toBeGreaterThan((first as NoPlace).afterMs)
  })

  /** A provider whose requests took an instant so far. */
  async function quick(): Promise<Lanes> {
    const lanes = new Lanes(ALONE, () => 0)
    for (let at = 0; at < 30; at += 1) ((await enter(lanes)) as Place).leave()
    return lanes
  }
  const announce = (lanes: Lanes, signal = never) => lanes.announce(PROVIDER, signal)

  it('of a quick provider are made ready for by 48 at once, and by the next as one of them has gone on', async () => {
    const lanes = await quick()
    const ready = await Promise.all(Array.from({ length: 48 }, () => announce(lanes)))
    expect(ready.every((announced) => announced !== null && 'withdraw' in announced)).toBe(true)
    const stop = new AbortController()
    const [next, last] = [announce(lanes), announce(lanes, stop.signal)]
    expect(await Promise.race([next, 'it waits'])).toBe('it waits')
    const first = ready[0] as Announced
    first.withdraw()
    first.withdraw()
    expect(await next).toMatchObject({ hasWaited: true })
    expect(await Promise.race([last, 'it waits'])).toBe('it waits')
    stop.abort()
    expect(await last).toMatchObject({ afterMs: expect.any(Number) })
  })

  it('are waited for by all that are ready, in the order of arrival', async () => {
    const lanes = await quick()
    const taken = await fill(lanes)
    const ready = await Promise.all(Array.from({ length: 40 }, () => announce(lanes)))
    const order: number[] = []
    const entering = ready.map(async (announced, at) => {
      const place = (await lanes.enter(PROVIDER, never, announced as Announced)) as Place
      order.push(at)
      place.leave()
    })
    for (const place of taken) place.leave()
    await Promise.all(entering)
    expect(order).toEqual(ready.map((_, at) => at))
  })

  it('are waited for by sixteen more that were not told to get ready, however many were', async () => {
    const lanes = await quick()
    const taken = await fill(lanes)
    const ready = await Promise.all(Array.from({ length: 48 }, () => announce(lanes)))
    const entering = ready.map((announced) => lanes.enter(PROVIDER, never, announced as Announced))
    const others = Array.from({ length: 17 }, () => enter(lanes))
    expect(await others[16]).toMatchObject({ afterMs: expect.any(Number) })
    const leave = async (entered: Promise<Place | NoPlace>) => ((await entered) as Place).leave()
    const left = [...entering, ...others.slice(0, 16)].map(leave)
    for (const place of taken) place.leave()
    await Promise.all(left)
    // and by as many again once those had their turn
    await fill(lanes)
    const again = Array.from({ length: 17 }, () => enter(lanes))
    expect(await Promise.race([...again.slice(0, 16), 'they wait'])).toBe('they wait')
    expect(await again[16]).toMatchObject({ afterMs: expect.any(Number) })
  })

  it('are made ready for by no more than are asked for within a quarter of a second', async () => {
    let now = 0
    const lanes = new Lanes(ALONE, () => now)
    for (let at = 0; at < 60; at += 1) {
      const place = (await enter(lanes)) as Place
      now += 40
      place.leave()
    }
    const stop = new AbortController()
    const told = Array.from({ length: 26 }, () => announce(lanes, stop.signal))
    const ready = (await Promise.all(told.slice(0, 25))) as Announced[]
    expect(ready.every((announced) => 'withdraw' in announced)).toBe(true)
    expect(await Promise.race([told[25], 'it waits'])).toBe('it waits')
    stop.abort()
    await told[25]
  })

  it('are made ready for only where requests take an instant, and by nobody who has none', async () => {
    expect(await announce(new Lanes(ALONE))).toBeNull()
    expect(await announce(new Lanes({ standing: () => null }))).toBeNull()
  })

  it('are waited for by sixteen at most once the provider hangs, and by nobody once they belong to another process', async () => {
    let standing = { place: 0, size: 1 }
    let now = 0
    const lanes = new Lanes({ standing: () => standing }, () => now)
    for (let at = 0; at < 30; at += 1) ((await enter(lanes)) as Place).leave()
    await fill(lanes)
    const ready = await Promise.all(Array.from({ length: 40 }, () => announce(lanes)))
    const entering = ready.map((announced) => lanes.enter(PROVIDER, never, announced as Announced))
    const inLine = Array.from({ length: 30 }, () => announce(lanes))
    now = 251
    const told = await Promise.all([...entering.slice(16), ...inLine.slice(8)])
    expect(told.every((each) => each !== null && 'afterMs' in each)).toBe(true)
    expect(await Promise.race([...entering.slice(0, 16), 'they wait'])).toBe('they wait')
    standing = { place: 0, size: 5 }
    standing.place = (Number.parseInt(PROVIDER.slice(-6), 16) + 4) % 5
    expect((await Promise.all(entering.slice(0, 16))).some(isPlace)).toBe(false)
  })

  it('come with when their provider was last in trouble', async () => {
    let now = 7
    const lanes = new Lanes(ALONE, () => now)
    expect(((await enter(lanes)) as Place).troubledAt).toBeLessThan(0)
    lanes.noteTrouble(PROVIDER)
    now = 8
    expect(((await enter(lanes)) as Place).troubledAt).toBe(7)
  })

  it('are not waited for any longer once the worker is told to stop', async () => {
    const lanes = new Lanes(ALONE)
    await fill(lanes)
    const stop = new AbortController()
    const waiting = enter(lanes, PROVIDER, stop.signal)
    stop.abort()
    expect(await waiting).toMatchObject({ afterMs: expect.any(Number) })
  })

  it('left twice are free once', async () => {
    const lanes = new Lanes(ALONE)
    const [first] = await fill(lanes)
    first!.leave()
    first!.leave()
    expect(isPlace(await enter(lanes))).toBe(true)
    const stop = new AbortController()
    const next = enter(lanes, PROVIDER, stop.signal)
    stop.abort()
    expect(isPlace(await next)).toBe(false)
  })

  it('are four in all, however many processes there are, and no process has one that is not sure of its place', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uuid(), fc.integer({ min: 1, max: 12 }), async (provider, size) => {
        const stopped = AbortSignal.abort()
        let places = 0
        for (let place = 0; place < size; place += 1) {
          const lanes = new Lanes({ standing: () => ({ place, size }) })
          for (let at = 0; at <= MAX_UNDER_WAY; at += 1) {
            if (isPlace(await enter(lanes, provider, stopped))) places += 1
          }
        }
        expect(places).toBe(MAX_UNDER_WAY)
      }),
      { numRuns: 50 },
    )
    expect(isPlace(await enter(new Lanes({ standing: () => null })))).toBe(false)
  })
})

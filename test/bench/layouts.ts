import type { Layout } from './ledger.ts'
import { MEMBERS } from './orders.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const SLOT_MS = 2 * 60 * 60 * 1000
/** Room for 20,000 days before today: six logs on each. */
const FIRST_DAY = Math.floor(Date.UTC(1970, 1, 1) / DAY_MS)
const BLOCK_DAYS = 10
const LOGS_A_DAY = 6

function instantOf(day: number, slot: number): number {
  return (FIRST_DAY + day) * DAY_MS + 8 * 60 * 60 * 1000 + slot * SLOT_MS
}

/** 1,000 members in turn, three logs a day; of any 1,000 logs in a row a third begin a day. */
const manyMembers: Layout = {
  name: 'many members',
  at(number) {
    const member = number % MEMBERS
    const nth = Math.floor(number / MEMBERS) + (member % 3)
    return { member, activityAt: instantOf(Math.floor(nth / 3), nth % 3) }
  },
}

/** All on one member, six logs a day, every day for decades: one run; of each ten days the second comes last. */
const oneRun: Layout = {
  name: 'one member, one run',
  at(number) {
    const nth = Math.floor(number / LOGS_A_DAY)
    const inBlock = nth % BLOCK_DAYS
    const block = nth - inBlock
    const day = inBlock === 0 ? 0 : inBlock === BLOCK_DAYS - 1 ? 1 : inBlock + 1
    return { member: 0, activityAt: instantOf(block + day, number % LOGS_A_DAY) }
  },
}

/** All on one member, six logs a day, and each tenth day without one: thousands of runs. */
const manyRuns: Layout = {
  name: 'one member, many runs',
  at(number) {
    const nth = Math.floor(number / LOGS_A_DAY)
    const day = nth + Math.floor(nth / (BLOCK_DAYS - 1))
    return { member: 0, activityAt: instantOf(day, number % LOGS_A_DAY) }
  },
}

export const LAYOUTS: readonly Layout[] = [manyMembers, oneRun, manyRuns]

import type { Send } from './scenario.ts'
import type { Standing } from './standing.ts'
import type { Terminal } from './terminal.ts'
import { DAYS, type Week } from './week.ts'

/** Tells what happens, a line at a time, within 80 columns. */
export interface Narrator {
  /** @param number 1 to 7; 8 is when the week is over */
  day(number: number): void
  sent(step: Send, answer: string, became: string): void
  note(who: string, text: string): void
  standing(who: string, standing: Standing | null): void
  coupon(who: string, text: string, issued: boolean): void
}

const WHO = 9
const WHAT = 24
const ANSWER = 18

export function createNarrator(terminal: Terminal, week: Week): Narrator {
  const { line, style } = terminal
  const note = (who: string, text: string): void => line(`  ${who.padEnd(WHO)}  ${text}`)
  return {
    day(number) {
      line()
      line(style('bold', number <= DAYS ? `Day ${number}  ${dateOf(week, number)}` : 'The week is over'))
    },
    sent(step, answer, became) {
      const cells = [step.who.padEnd(WHO), step.what.padEnd(WHAT), answer.padEnd(ANSWER)]
      const colour = became.startsWith('counted') ? 'green' : 'yellow'
      line(`  ${cells.join('  ')}  ${style(colour, became)}`)
    },
    note,
    standing(who, standing) {
      if (standing === null) return note(who, 'no streak yet')
      const { brokenOn, inARow, longest } = standing
      const whole = brokenOn === null ? 'not broken' : style('yellow', `broken on day ${brokenOn}`)
      note(who, `${whole}; at the end of day ${DAYS} ${inARow} in a row, longest ${longest}`)
    },
    coupon: (who, text, issued) => note(who, style(issued ? 'green' : 'red', text)),
  }
}

function dateOf(week: Week, number: number): string {
  const date = new Date(`${week.day(number).key}T00:00Z`)
  return date.toLocaleDateString('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  })
}

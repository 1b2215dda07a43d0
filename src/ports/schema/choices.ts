import { foldText } from '../fold-text.ts'

/** What a rule may choose purchases by, beside what they are worth. */
export const RULE_CHOICES = ['tags', 'products', 'channels'] as const
export type RuleChoice = (typeof RULE_CHOICES)[number]

/** Of each choice what is wanted, any one of it; absent: all purchases. Kept as it was given, compared folded. */
export type RuleChoices = { readonly [C in RuleChoice]?: readonly string[] }

/** The form in which what a rule wants is compared with what an order states. */
export function foldChoice(text: string): string {
  return foldText(text.trim())
}

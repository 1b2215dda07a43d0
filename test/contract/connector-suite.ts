import { describe } from '@jest/globals'
import type { ConnectorSetup } from './connector/context.ts'
import { describeHostileInput } from './connector/hostile-input.ts'
import { describePurchases } from './connector/purchases.ts'
import { describeReports } from './connector/reports.ts'
import { describeRules } from './connector/rules.ts'
import { describeSchemas } from './connector/schemas.ts'
import { describeSignatures } from './connector/signatures.ts'

/** What every connector promises, whatever its platform. */
export function describeConnectorContract(name: string, setup: ConnectorSetup): void {
  describe(`${name} connector: signatures`, () => describeSignatures(setup))
  describe(`${name} connector: purchases`, () => describePurchases(setup))
  describe(`${name} connector: rules`, () => describeRules(setup))
  describe(`${name} connector: reports of an order after the sale`, () => describeReports(setup))
  describe(`${name} connector: anything a sender may send`, () => describeHostileInput(setup))
  describe(`${name} connector: what is stored of it`, () => describeSchemas(setup))
}

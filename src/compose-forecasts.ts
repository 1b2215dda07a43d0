import { type ReadBody, type Reading, readHere, rulesOf } from './inbox/reading.ts'
import type { Connector } from './ports/connector.ts'
import type { Platform } from './ports/schema/values.ts'
import { createForecasts, type ForecastDeps, type Forecasts } from './setup/forecast/forecast.ts'

export interface ForecastParts
  extends Pick<ForecastDeps, 'store' | 'door' | 'hands' | 'clock' | 'readingMs'> {
  readonly connectors: ReadonlyMap<Platform, Connector>
  /** Without it bodies are read in this thread. */
  readonly read?: ReadBody | undefined
}

/** Forecasts that read bodies as webhooks are read: large ones in a thread of their own. */
export function composeForecasts({ connectors, read, ...parts }: ForecastParts): Forecasts {
  const connectorFor = (platform: string) => connectors.get(platform)
  const readBody: ReadBody = read ?? ((unread) => readHere({ connectorFor }, unread))
  return createForecasts({
    ...parts,
    connectorFor,
    async translate(row, rules, { rawBody, topic, receivedAt }) {
      const connector = { ...rulesOf(row), status: 'live' as const, rules }
      const proof = { ok: true, webhookId: null, topic, headers: {} } as const
      // a proof that was given is not refused
      const reading = (await readBody({ connector, rawBody, receivedAt, proof })) as Reading
      return reading.translation
    },
  })
}

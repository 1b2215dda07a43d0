import type { Platform } from '../../src/ports/schema/values.ts'
import type { Body } from './api.ts'
import { freePort, redisForTests } from './redis-server.ts'
import { type RunningApp, runApp } from './running-app.ts'

export interface AppAtDouble<Double> {
  readonly app: RunningApp
  readonly double: Double
  /** "A purchase a day", live. */
  readonly streak: Body
  stop(): Promise<void>
}

/** The whole program, led to a double of a platform in its place; on SQLite where no MongoDB is named. */
export async function runAtDouble<Double extends { readonly origin: string; stop(): Promise<void> }>(
  platform: Platform,
  startDouble: () => Promise<Double>,
  mongoUri: string | undefined,
): Promise<AppAtDouble<Double>> {
  const redis = await redisForTests()
  const double = await startDouble()
  const port = await freePort()
  const app = await runApp({
    redisUrl: redis.url,
    ...(mongoUri === undefined ? {} : { mongoUri }),
    port,
    publicUrl: `http://127.0.0.1:${port}`,
    platformOrigins: { [platform]: double.origin },
  })
  const streak = await app.call<Body>('POST', '/schema/streak/record', {
    name: 'a purchase a day',
    status: 'live',
    aggregationMethod: 'count',
    aggregationTargetValue: 1,
  })
  return {
    ...{ app, double, streak },
    async stop() {
      await app.stop()
      await double.stop()
      await redis.stop()
    },
  }
}

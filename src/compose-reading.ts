import type { Installation } from './compose.ts'
import { composeHttp } from './compose-http.ts'
import type { Served } from './http/resource.ts'
import { createResources } from './http/resources.ts'

/** Stands where something would be recorded, queued or taken in. */
const NOTHING = new Proxy(
  {},
  {
    get() {
      throw new Error('what is only read records nothing')
    },
  },
) as never

/** Every resource as the API serves it, for a command that only reads them. */
export function composeReading({
  store,
  secretBox,
  clock,
  logger,
  newId,
  installations,
}: Pick<
  Installation,
  'store' | 'secretBox' | 'clock' | 'logger' | 'newId' | 'installations'
>): readonly Served[] {
  const parts = { store, secretBox, clock, logger, newId, installations }
  return createResources(composeHttp({ ...parts, recorder: NOTHING, inbox: NOTHING, queue: NOTHING }))
}

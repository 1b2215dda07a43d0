import type { StoreKind } from '../helpers/open-store.ts'
import type { Line } from './report.ts'
import type { Bench } from './servers.ts'
export async function measureFlat(_bench: Bench, _store: StoreKind): Promise<Line[]> { return [] }

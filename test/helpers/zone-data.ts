import { useZoneData } from '../../src/streaks/zone-data.ts'
import { ownZoneData } from '../../src/zones/own-data.ts'

// What the composition root does in the program: tests that use the core or the engine by themselves have it too.
useZoneData(ownZoneData())

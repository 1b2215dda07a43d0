/**
 * A process of its own that starts a mongod and then does nothing, for tests that kill it:
 *
 *   node local-mongod-child.ts <binary> <data folder>
 *
 * Says the pid of the mongod once that takes writes.
 */
import { startLocalMongod } from '../../src/demo/parts/local-mongod.ts'

const [binary = '', dataDir = ''] = process.argv.slice(2)
const { pid } = await startLocalMongod({ binary, dataDir })
process.stdout.write(`${pid}\n`)

import type mongoose from 'mongoose'

/** Times in milliseconds. */
const LIMITS = {
  /** A server that is down is given up after this: callers answer within 3 s. */
  serverSelectionTimeoutMS: 2_500,
  connectTimeoutMS: 2_500,
  /** How often a server is asked whether it lives; one that hangs is found out within this and the connect timeout. */
  heartbeatFrequencyMS: 2_000,
  /** For a connection that is free. */
  waitQueueTimeoutMS: 5_000,
  /** The longest a single command may take before its connection is given up. */
  socketTimeoutMS: 10_000,
  /** Connections. */
  maxPoolSize: 50,
} as const satisfies mongoose.ConnectOptions

/** What a connection is limited to where its string says nothing of it; the driver would let options win over it. */
export function limitsUnlessNamed(uri: string): Partial<typeof LIMITS> {
  const query = new URLSearchParams(uri.split('?')[1] ?? '')
  const named = new Set([...query.keys()].map((name) => name.toLowerCase()))
  return Object.fromEntries(Object.entries(LIMITS).filter(([name]) => !named.has(name.toLowerCase())))
}

/**
 * The moments at which a process can die and leave something half-done: just before and just after each thing that
 * others can see. Between two of them nothing has changed for anybody, so a kill there is a kill at one of them.
 */
export type FailStep =
  /** Webhooks are verified and translated; nothing of them is stored. */
  | 'inbox_before_commit'
  /** Their deliveries are stored; nobody was answered, nothing is queued. */
  | 'inbox_after_commit'
  /** The answer may be out; the jobs are not in Redis. Nobody waits for what happens here. */
  | 'inbox_before_enqueue'
  /** The jobs are in Redis, or left to the sweep. */
  | 'inbox_after_enqueue'
  /** A worker has taken an activity's job and done nothing with it. */
  | 'activity_taken'
  /** What became of a report, or of a purchase that cannot be counted, is about to be stored on its delivery. */
  | 'item_before_write'
  /** It is stored; the job is not done. */
  | 'item_after_write'
  /** Logs or ledger entries are decided on; nothing of it is stored. */
  | 'engine_before_commit'
  /** They are stored with what follows from them; their jobs are not done, granted rewards are not queued. */
  | 'engine_after_commit'
  /** Rewards were granted; their jobs are not in Redis. */
  | 'engine_before_enqueue'
  /** Their jobs are in Redis, or left to the sweep. */
  | 'engine_after_enqueue'
  /** A worker has taken a reward's job and done nothing with it. */
  | 'reward_taken'
  /** The reward is being issued; its provider has not been asked. */
  | 'reward_before_provider'
  /** The provider has made the coupon; nothing of that is stored. */
  | 'reward_after_provider'
  /** A step of a reward is about to be stored: that it is being issued, or what came of it. */
  | 'reward_before_write'
  /** The step is stored; the job is not done. */
  | 'reward_after_write'
  /** A coupon is to be disabled; its provider has not been asked. */
  | 'revoke_before_provider'
  /** The provider has disabled it; nothing of that is stored. */
  | 'revoke_after_provider'
  /** A worker has taken a message's job and done nothing with it. */
  | 'message_taken'
  /** The endpoint has answered, or not; nothing of that is stored. */
  | 'message_before_write'
  /** What came of a try is stored; the job is not done. */
  | 'message_after_write'
  /** The sweep has found rows whose jobs ended in vain; their attempts are what they were. */
  | 'sweep_before_raise'
  /** Their attempts are raised; the new jobs are not in Redis. */
  | 'sweep_after_raise'
  /** Upkeep has been taken; nothing is pruned. */
  | 'upkeep_before_prune'
  /** A step of a request is about to be stored: the only one of most, one of several of an erasure. */
  | 'api_before_commit'
  /** The step is stored; the others are not, and nobody was answered. */
  | 'api_after_commit'

/**
 * Told of each step that a process reaches, for tests that end it there. The product is composed without one, and then
 * nothing of it is in the way of any call.
 */
export interface FailPoints {
  /** What it returns is waited for; it may never return. Must not throw. */
  reach(step: FailStep): void | Promise<void>
}

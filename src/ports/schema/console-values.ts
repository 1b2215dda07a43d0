/** `owner`: everything; `staff`: all but keys, users and the account; `viewer`: reads. */
export const CONSOLE_ROLES = ['owner', 'staff', 'viewer'] as const
export type ConsoleRole = (typeof CONSOLE_ROLES)[number]
/** Who makes a change: somebody signed in to the console, an API key, or the command line. */
export const ACTOR_KINDS = ['user', 'key', 'cli'] as const
export type ActorKind = (typeof ACTOR_KINDS)[number]

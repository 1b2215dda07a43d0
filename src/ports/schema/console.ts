import { ACTOR_KINDS, CONSOLE_ROLES } from './console-values.ts'
import {
  type CollectionSpec,
  choice,
  common,
  id,
  instant,
  integer,
  json,
  newestFirst,
  optional,
  revised,
  text,
} from './spec.ts'

/** Who signs in to the console, and what was changed by whom. */
export const CONSOLE = {
  console_user: {
    fields: {
      ...revised,
      email: text(),
      /** The address as it is compared: unique in the installation. */
      emailKey: text(),
      role: choice(CONSOLE_ROLES),
      /** null until a password is set by the link. */
      passwordHash: optional(text()),
      /** SHA-256 of the token of the link that is out; null: none is. */
      linkHash: optional(text()),
      linkUntil: optional(instant),
      /** Sessions of an older one are over. */
      sessionEpoch: integer,
    },
    indexes: {
      console_user_email: { fields: ['emailKey'], unique: true },
      console_user_created: newestFirst('accountId'),
      console_user_link: { fields: ['linkHash'], where: { notNull: ['linkHash'] } },
    },
  },
  /** A browser that is signed in; its cookie is stored as a hash. Internal. */
  console_session: {
    fields: {
      ...common,
      userId: id,
      tokenHash: text(),
      epoch: integer,
      /** Renewed while it is used. */
      idleUntil: instant,
      /** Never moved. */
      endsAt: instant,
    },
    indexes: {
      console_session_token: { fields: ['tokenHash'], unique: true },
      console_session_user: { fields: ['userId', 'id'] },
      console_session_over: { fields: ['idleUntil', 'id'] },
    },
  },
  /** One entry for each change that somebody made: written in the commit of the change, never changed. */
  audit_log: {
    fields: {
      ...common,
      actorKind: choice(ACTOR_KINDS),
      actorId: optional(text()),
      actorName: optional(text()),
      action: text(),
      slug: text(),
      recordId: optional(id),
      address: optional(text()),
      before: optional(json<Readonly<Record<string, unknown>>>()),
      after: optional(json<Readonly<Record<string, unknown>>>()),
    },
    indexes: {
      audit_log_created: newestFirst('accountId'),
      audit_log_record: newestFirst('accountId', 'recordId'),
      audit_log_actor: newestFirst('accountId', 'actorId'),
    },
  },
} as const satisfies Record<string, CollectionSpec>

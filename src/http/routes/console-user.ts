import { AppError } from '../../errors.ts'
import { CONSOLE_ROLES } from '../../ports/schema/console-values.ts'
import { addUser, changeRole, removeUser, resetUser } from '../../users/users.ts'
import type { HttpDeps } from '../deps.ts'
import type { JsonSchema } from '../json/json-schema.ts'
import { checkCreate } from '../read/check.ts'
import { zEmail, zObject, zOneOf } from '../read/zod.ts'
import type { Action, Resource } from '../resource.ts'
import { required, shapeOf } from '../shape.ts'

/** The path of the page where a link leads; the token stands behind the `#`, which no server and no log sees. */
export const START_PATH = '/console/start#token='

const userShape = shapeOf('console_user', {
  email: { create: zEmail },
  role: required(zOneOf(CONSOLE_ROLES)),
  hasPassword: { schema: { type: 'boolean' }, show: ({ passwordHash }) => passwordHash !== null },
})

const LINK: JsonSchema = { type: 'string', maxLength: 256 }
const nothing = zObject({})

/** Who may sign in to the console; for its owners alone. */
export function consoleUserResource(
  deps: Pick<HttpDeps, 'store' | 'clock' | 'newId'>,
): Resource<'console_user'> {
  const { fields, bodies, readCreate, readPatch, json } = userShape
  const reset: Action = {
    summary: 'Give a user a new link to set a password',
    body: nothing,
    answers: { name: 'InvitedUser', schema: { type: 'object', properties: { startPath: LINK } } },
    status: 200,
    fails: ['NOT_FOUND'],
    async run({ caller: { accountId }, log }, id, body) {
      checkCreate(nothing, body)
      log({ consoleUserId: id })
      const { user, token } = await resetUser(deps, accountId, id)
      return { ...json(user), startPath: `${START_PATH}${token}` }
    },
  }
  return {
    slug: 'console_user',
    noun: 'console user',
    collection: 'console_user',
    fields,
    bodies,
    allows: ['list', 'create', 'get', 'patch', 'delete'],
    forUsersOnly: true,
    refuses: {},
    fails: { create: ['DUPLICATE_VALUE'], patch: ['LAST_OWNER'], delete: ['LAST_OWNER'] },
    shownOnce: { startPath: LINK },
    actions: { reset },
    async create({ caller: { accountId }, log }, body) {
      const { user, token } = await addUser(deps, accountId, readCreate(body))
      log({ changedUserId: user.id })
      return { ...json(user), startPath: `${START_PATH}${token}` }
    },
    async patch({ caller: { accountId }, log }, id, body) {
      const { role } = readPatch(body)
      log({ changedUserId: id })
      if (role === undefined) throw new AppError('INVALID_INPUT', 'role is what can be changed of a user')
      return json(await changeRole(deps, accountId, id, role))
    },
    async remove({ caller: { accountId }, log }, id) {
      log({ changedUserId: id })
      await removeUser(deps, accountId, id)
    },
  }
}

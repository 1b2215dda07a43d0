// The health check of MongoDB, run by mongosh inside its container, and what makes the replica set and its users: each
// run does the next step that is missing. Before there is a user, MongoDB allows that from the container itself alone
// (its "localhost exception"). Healthy once the set takes writes and the program's user can sign in.
const { MONGO_ADMIN_PASSWORD: adminPassword, MONGO_PASSWORD: password, MONGO_HOST: host = 'mongo:27017' } = process.env
const admin = db.getSiblingDB('admin')
const database = db.getSiblingDB('streakline')

function canSignIn(where, user, pwd) {
  try {
    const { ok } = where.auth(user, pwd)
    return ok === 1
  } catch {
    return false
  }
}

const { setName } = db.hello()
if (setName === undefined) {
  rs.initiate({ _id: 'streakline', members: [{ _id: 0, host }] })
}
const { isWritablePrimary } = db.hello()
if (!isWritablePrimary) quit(1)
if (!canSignIn(admin, 'admin', adminPassword)) {
  // refused once there is a user: then the password in .env is another one than it was made with
  admin.createUser({ user: 'admin', pwd: adminPassword, roles: ['root'] })
  admin.auth('admin', adminPassword)
}
if (database.getUser('streakline') === null) {
  database.createUser({ user: 'streakline', pwd: password, roles: ['readWrite'] })
}
if (!canSignIn(database, 'streakline', password)) quit(1)

import { Worker } from 'bullmq'
import mongoose from 'mongoose'
import type { Running, Subject } from './child-protocol.ts'
import type { NaiveJob } from './orders.ts'
import { connectionOf, NAIVE_PREFIX, workerOptions } from './queues.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const MILESTONE_DAYS = 7

/** The durability of the product's store. */
const writeConcern = { w: 'majority', journal: true } as const

function defineModels(connection: mongoose.Connection) {
  const owned = {
    memberId: { type: mongoose.Types.ObjectId, required: true },
    streakId: { type: String, required: true },
  }
  const options = { writeConcern, timestamps: true, autoIndex: false } as const
  const member = new mongoose.Schema(
    { externalId: { type: String, required: true }, firstName: String, lastName: String, email: String },
    options,
  ).index({ externalId: 1 }, { unique: true })
  const log = new mongoose.Schema(
    { ...owned, uniqueIdentifier: { type: String, required: true }, activityAt: Date },
    options,
  ).index({ memberId: 1, streakId: 1, uniqueIdentifier: 1 }, { unique: true })
  const progress = new mongoose.Schema(
    {
      ...owned,
      day: { type: Number, required: true },
      value: { type: Number, default: 0 },
      completed: Boolean,
    },
    options,
  ).index({ memberId: 1, streakId: 1, day: 1 }, { unique: true })
  const standing = new mongoose.Schema(
    { ...owned, count: { type: Number, default: 0 }, longest: { type: Number, default: 0 }, lastDay: Number },
    options,
  ).index({ memberId: 1, streakId: 1 }, { unique: true })
  const reward = new mongoose.Schema({ ...owned, day: Number }, options)
  return {
    Member: connection.model('member', member),
    Log: connection.model('log', log),
    Progress: connection.model('progress', progress),
    Standing: connection.model('standing', standing),
    Reward: connection.model('reward', reward),
  }
}

/**
 * What one writes first: find, change, save, a document at a time, no transaction. It is wrong where two logs of a
 * member meet (one of them is lost from the count) and where an order comes late (the count starts anew).
 */
export async function startNaiveWorker(subject: Extract<Subject, { kind: 'naive' }>): Promise<Running> {
  const connection = await mongoose.createConnection(subject.mongoUri, { writeConcern }).asPromise()
  const models = defineModels(connection)
  for (const model of Object.values(models)) await model.createIndexes()
  const worker = new Worker<NaiveJob>('activity', ({ data }) => record(models, data), {
    ...workerOptions,
    connection: connectionOf(subject.redisUrl),
    prefix: NAIVE_PREFIX,
  })
  await worker.waitUntilReady()
  return {
    port: null,
    async close() {
      await worker.close()
      await connection.close()
    },
  }
}

async function record(models: ReturnType<typeof defineModels>, job: NaiveJob): Promise<void> {
  const { streakId, uniqueIdentifier, activityAt } = job
  const member = await models.Member.findOneAndUpdate({ externalId: job.externalId }, job.profile, {
    upsert: true,
    returnDocument: 'after',
  })
  const owned = { memberId: member._id, streakId }
  if ((await models.Log.findOne({ ...owned, uniqueIdentifier })) !== null) return
  await models.Log.create({ ...owned, uniqueIdentifier, activityAt })
  const day = Math.floor(activityAt / DAY_MS)
  const progress =
    (await models.Progress.findOne({ ...owned, day })) ?? new models.Progress({ ...owned, day })
  const wasCompleted = progress.completed === true
  progress.value += 1
  progress.completed = progress.value >= 1
  await progress.save()
  if (wasCompleted) return
  const standing = (await models.Standing.findOne(owned)) ?? new models.Standing(owned)
  standing.count = standing.lastDay === day - 1 ? standing.count + 1 : 1
  standing.longest = Math.max(standing.longest, standing.count)
  standing.lastDay = day
  await standing.save()
  if (standing.count === MILESTONE_DAYS) await models.Reward.create({ ...owned, day })
}

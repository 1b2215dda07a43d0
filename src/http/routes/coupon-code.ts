import { commitPlanned, findRow } from '../../commit/planned.ts'
import { AppError } from '../../errors.ts'
import { remove } from '../../ports/changes.ts'
import { equal } from '../../ports/conditions.ts'
import { foldedForms } from '../../rewards/code.ts'
import { recordNotFound } from '../../setup/change-row.ts'
import type { HttpDeps } from '../deps.ts'
import { checkCreate } from '../read/check.ts'
import { zList, zObject, zText, zUuid } from '../read/zod.ts'
import { ID, type PublicFields, type Resource, rowJson, TIMES } from '../resource.ts'

const MAX_CODES_AT_ONCE = 1000

const couponCodeFields: PublicFields<'coupon_code'> = {
  ...ID,
  providerId: { stored: 'providerId' },
  code: { stored: 'code', lookup: { stored: 'foldedCode', of: foldedForms } },
  rewardLogId: { stored: 'rewardLogId' },
  ...TIMES,
}

const createSchema = zObject({
  providerId: zUuid,
  codes: zList(zText(128), 1, MAX_CODES_AT_ONCE),
})

const ONE_BY_ONE = 'The codes of a pool are listed: filter by code or rewardLogId to find one'
const AS_UPLOADED = 'A code stays as it was uploaded: delete it and upload another'

/** The codes of a pool; those that the platform draws itself are shown on their reward logs only. */
export function couponCodeResource({
  store,
  rewards,
}: Pick<HttpDeps, 'store' | 'rewards'>): Resource<'coupon_code'> {
  return {
    slug: 'coupon_code',
    noun: 'coupon code',
    collection: 'coupon_code',
    fields: couponCodeFields,
    allows: ['list', 'create', 'delete'],
    refuses: { get: ONE_BY_ONE, patch: AS_UPLOADED },
    fails: { create: ['REFERENCE_NOT_FOUND', 'DUPLICATE_VALUE'], delete: ['CODE_IN_USE'] },
    bodies: { create: createSchema },
    createsSeveral: true,
    scope: equal({ source: 'pool' }),
    async create({ caller: { accountId }, log }, body) {
      const { providerId, codes } = checkCreate(createSchema, body)
      log({ providerId, codes: codes.length })
      const rows = await rewards.uploadCodes(accountId, providerId, codes)
      return rows.map((row) => rowJson('coupon_code', couponCodeFields, row))
    },
    remove: ({ caller: { accountId } }, id) =>
      commitPlanned(store, async () => {
        const code = await findRow(store, 'coupon_code', accountId, id)
        if (code === null || code.source !== 'pool') throw recordNotFound('coupon code')
        if (code.rewardLogId !== null) {
          throw new AppError(
            'CODE_IN_USE',
            `The code was given out: reward log ${code.rewardLogId} refers to it`,
          )
        }
        return { changes: [remove('coupon_code', code, { rewardLogId: null })], result: undefined }
      }),
  }
}

import { z } from 'zod'
import { ControlFault, type Order, order, view } from '../parts/control.ts'
import { campaignJson, publicationJson, voucherJson } from './show.ts'
import { putCampaign, type VoucherifyState } from './state.ts'

/** What the owner of the project and customers do. */
export function voucherifyControls(state: VoucherifyState): Order[] {
  return [
    view('GET /world', 'the project with its credentials, and its campaigns', () => ({
      project: state.project(),
      campaigns: state.campaigns.all().map((one) => campaignJson(one, state)),
    })),
    order(
      'POST /project',
      'changes it: replay (refuse, same: a source_id that is there), plan (active, ended_402, ended_429, cycle_used_up), joined (same, refuse: who joined a campaign once), requestsPerMinute, minuteSeconds, appToken',
      z.strictObject({
        replay: z.enum(['refuse', 'same']).optional(),
        plan: z.enum(['active', 'ended_402', 'ended_429', 'cycle_used_up']).optional(),
        joined: z.enum(['same', 'refuse']).optional(),
        requestsPerMinute: z.int().min(1).optional(),
        minuteSeconds: z.int().min(1).max(3_600).optional(),
        appToken: z.string().min(1).optional(),
      }),
      (given) =>
        state.projects.put({
          ...state.project(),
          ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
        }),
    ),
    order(
      'POST /campaigns',
      'makes or changes a campaign: name, codes (so many more), percentOff, autoUpdate, joinOnce, isActive, expiresAt',
      z.strictObject({
        name: z.string(),
        codes: z.int().min(0).max(10_000).default(0),
        percentOff: z.number().optional(),
        autoUpdate: z.boolean().optional(),
        joinOnce: z.boolean().optional(),
        isActive: z.boolean().optional(),
        expiresAt: z.iso.datetime().nullable().optional(),
      }),
      ({ codes, name, ...given }) =>
        campaignJson(
          putCampaign(
            state,
            {
              name,
              ...(Object.fromEntries(
                Object.entries(given).filter(([, value]) => value !== undefined),
              ) as object),
            },
            codes,
          ),
          state,
        ),
    ),
    order('POST /campaigns/{name}/exhaust', 'no code of it is left', z.strictObject({}), (_, name) => {
      const campaign = state.campaigns.find((one) => one.name === name)
      if (campaign === undefined) throw new ControlFault(`there is no campaign ${name}`)
      for (const one of state.vouchers.all())
        if (one.campaignId === campaign.id && !one.isPublished) state.vouchers.delete(one.id)
    }),
    view('GET /publications', 'all of them', () => ({
      publications: state.publications.all().map((one) => publicationJson(one, state)),
    })),
    order('POST /vouchers/{code}/redeem', 'a customer uses it', z.strictObject({}), (_, code) => {
      const voucher = state.vouchers.find((one) => one.code === code)
      if (voucher === undefined || !voucher.isActive || voucher.redeemed > 0)
        throw new ControlFault(`voucher ${code} cannot be used`)
      return voucherJson(state.vouchers.put({ ...voucher, redeemed: 1 }), state)
    }),
    order('DELETE /vouchers/{code}', 'the merchant deletes a voucher', z.strictObject({}), (_, code) => {
      const voucher = state.vouchers.find((one) => one.code === code)
      if (voucher === undefined) throw new ControlFault(`there is no voucher ${code}`)
      state.vouchers.delete(voucher.id)
    }),
  ]
}

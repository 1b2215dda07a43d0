/**
 * Ways to make coupons of the contract that are not built yet: asked for, they are refused with NOT_BUILT_YET. A name
 * goes from here when its provider is registered.
 */
export const LATER_PROVIDERS = ['stripe', 'voucherify'] as const

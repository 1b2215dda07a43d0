/** CI sets it: then the suites that take long by their numbers run with all of them. */
export const IS_FULL_RUN = process.env.TEST_FULL === '1'

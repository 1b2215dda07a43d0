/** The outcome of `work`, or a rejection after `timeoutMs`. A later failure of `work` goes unheard. */
export function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`no answer within ${timeoutMs} ms`))
    }, timeoutMs)
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer)
    })
  })
}

/**
 * Has requests that share a limit go one after the other: resolves when the caller's turn has come, `apartMs` after that
 * of whoever came before it under the same key, in whichever process of the installation. A helper and no more: a
 * process that cannot hear of the others keeps to the pace by itself, and whoever is too fast all the same is told so by
 * the platform. Never rejects. @param key of what is shared, without a secret in it; at most 200 characters
 */
export type Pace = (key: string, apartMs: number, signal?: AbortSignal) => Promise<void>

import type { ResourceText } from './types.ts'

export const webhookEndpoint: ResourceText = {
  about:
    'Where your own systems are told of what happens, signed by Standard Webhooks. An account has at most 20.',
  verbs: {
    patch:
      'Made `live` again it has no problem any more, and what waited for it and is younger than 5 days goes on.',
    delete: 'Works always; what is under way ends with it.',
  },
  actions: {
    rotate:
      'Answers the endpoint with a new `secret`. For 24 hours messages are signed with both, the new one first; a third secret ends the oldest at once.',
    test: 'Sends a `webhook.test` once, whatever `status` and `events` are, and answers the message with what came of it, also where it failed. Changes nothing of the endpoint.',
  },
  fields: {
    url: 'Where to: `https://`, and a public address.',
    events: 'Which events it is told of, none twice.',
    status: 'Only a `live` endpoint is told. It is paused by itself after 5 days of nothing but failures.',
    description: 'For people.',
    problem: 'Why it was paused by itself; `null`: it was not.',
    'problem.code': '`ENDPOINT_DEAD`: every try failed for 5 days; `ENDPOINT_GONE`: it answered 410.',
    'problem.message': 'The same, for people.',
    'problem.since': 'When it was paused.',
    secret: 'What its messages are signed with. Only the answers to the create and to `rotate` show it.',
  },
}

export const webhookMessage: ResourceText = {
  about: 'What one endpoint is told of one thing that happened, and what became of it. Kept for 30 days.',
  actions: {
    resend:
      'Sends it again at once, with the same id and body and the whole schedule of tries. Its endpoint has to be live.',
  },
  fields: {
    endpointId: 'The endpoint that it is for.',
    type: 'What it tells of; `webhook.test` is a test that was asked for.',
    status: '`delivered` once it was answered with 2xx; `failed` when all tries were in vain.',
    payload: 'What is sent; `null` once the member whom it tells of was erased.',
    attempts: 'Every try, the oldest first; the last 100.',
    'attempts.at': 'When it began.',
    'attempts.status': 'The status of the answer; `null` where there was none.',
    'attempts.durationMs': 'How long it took.',
    'attempts.error': 'Why it failed; `null`: it did not.',
    'attempts.response': 'The first 1,024 bytes of the answer; `null` where there was none.',
    nextAttemptAt: 'When it is tried next; `null` when it is over, and while its endpoint is not live.',
  },
}

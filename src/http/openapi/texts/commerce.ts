import type { ResourceText } from './types.ts'

export const connector: ResourceText = {
  about:
    'A shop at a commerce platform: whose webhooks are taken, and which purchases feed which streak. Install it, or give the platform the address at `webhookUrl` yourself.',
  verbs: {
    create:
      'Without `credentials` it is a draft that waits to be installed, and its address stands already; `status: live` is refused until there are secrets.',
    patch:
      'The `platform` and the purchase space stay. `rules` and `settings` are replaced whole. What an installation has set is changed by installing again: `credentials`, and the setting that says which shop it is.',
  },
  actions: {
    install:
      'Presents what the merchant gave to the platform, keeps it once the platform took it, and sets up the webhooks. By `method`: `manual` takes the secrets of webhooks that the merchant made; the others are the platform’s own. What could not be set up then is a `problem` of the `installation`, and the answer is 200 all the same. Where the merchant has to agree first the answer has `authorizeUrl`, once: send them there. Safe to send again: what was made is found and kept.',
    check:
      'Looks at scopes and webhooks at the platform again and mends them. Of an installation by hand nobody is asked. It is done hourly by itself.',
    uninstall:
      'Removes the webhooks that were made at the platform, then the keys to it. The connector stays, `paused`; installed again it takes up where it stopped. The app itself stays in the shop.',
    test: 'Shows what the body of a webhook would become by the rules of now, as if it came in at this moment with a right signature and the connector were live: what counts and as what, what has counted already, what is ignored and why. Stores nothing.',
    backfill:
      'Reads past orders from the platform, made from `since` on and before `until` (default: now), and takes in those that no webhook brought. Their logs are quiet unless `rewards` is `true`; with `dryRun` nothing is stored but the numbers. One of a connector runs at a time.',
  },
  fields: {
    payload: 'The body of the webhook: an object, or its very text. At most 8 MiB.',
    topic: 'As the platform calls it; absent: as the body says, else that of a purchase.',
    since: 'Orders made at this time or later.',
    until: 'Orders made before this time; absent: now.',
    dryRun: 'Say what would become of the orders, and store nothing else.',
    rewards: 'Whether rewards are granted for them.',
    name: 'For people.',
    platform: 'Which platform.',
    status:
      'Webhooks of a connector that is not `live` are stored and ignored. Default: `live`; without `credentials` `draft`.',
    credentials: 'What the platform’s webhooks are checked with. Written, never read back.',
    settings: 'The platform’s own settings.',
    'settings.purchaseSpace':
      'Connectors that report the same sales are given the same one, so that a purchase counts once. Default: the connector’s id.',
    rules: 'Which purchases feed which streak; at most 50.',
    'rules.streakId': 'The streak that is fed.',
    'rules.activityId': 'The `activityId` of its logs.',
    'rules.value': 'What the `activityValue` of its logs is.',
    'rules.currency': 'ISO 4217. Required where an amount is measured; other currencies are ignored.',
    'rules.minimumValue': 'Smaller purchases are ignored.',
    'rules.identifyBy': 'What tells members apart.',
    'rules.guests': 'What to do with an order without a customer id.',
    'rules.testOrders': 'Whether test orders count.',
    'rules.giftCards': 'Whether gift cards that are bought count. Spending one is a purchase like any other.',
    'rules.rewardWithinDays':
      'A purchase dated further back when it is received makes a quiet log: it counts and is granted nothing. `null`: no limit; absent: 60.',
    'rules.tags': 'Only orders that have one of these tags; without case. `null` or absent: all.',
    'rules.products':
      'Only orders of which one line is one of these: the id of a product or a variant, or a SKU. The order counts whole. `null` or absent: all.',
    'rules.channels':
      'Only orders that were placed by one of these channels, such as Shopify’s `web` or `pos`. `null` or absent: all.',
    webhookPath: 'Where the platform sends its webhooks, on this server.',
    webhookUrl: 'The same as the world reaches it; `null` where operators have not said how.',
    installation: 'How it stands with its platform.',
    refusedCount: 'Webhooks that were refused, mostly for a wrong signature.',
    recentRefusals: 'The last 20 of them.',
  },
}

export const delivery: ResourceText = {
  about: 'One verified webhook: what arrived, when, and what became of it by each rule.',
  actions: {
    replay:
      'Judges the delivery anew from its stored body, by the rules, status and shop of its connector and the time of now; only the signature is not checked again. What counted stays counted, and nothing counts twice: items that are `failed`, `ignored` or `abandoned` get their new outcome and are queued where they now count; rules that had no item get one. Where the body is gone (`BODY_GONE`) the items are queued as they had been translated. A connector that is not live changes nothing (`CONNECTOR_NOT_LIVE`). Profiles only fill what is blank. Safe to send again.',
    abandon:
      'Leaves what is `pending`, `waiting` or `failed` as it is, for good: its items become `abandoned`, with your reason, and nothing queues them again but a replay of this delivery. Again it changes nothing.',
    replayOfDeliveries:
      'Replays the deliveries that fit all that is given, newest first, one page per request: it looks at up to 1,000 deliveries and replays up to `limit` of them. Send the same body with `next` as `cursor` until `next` is `null`; not going on ends it, with nothing half done. With `dryRun` it counts and changes nothing. Items that were abandoned are left unless `itemStatus` is `abandoned`.',
    explain:
      'Says of an order how it stands on every live streak, and why: `counted`, `taken_back`, `not_counted`, `waiting` or `failed`, with a sentence for a merchant and what would have made it count. Exactly one of `orderId` and `orderName`; where several orders fit, the one received last, and `others` names the rest. Always a 200: of an order that nobody has heard of `order` is `null` and `message` says what to look at. Verdicts are what was recorded; `rules` and `wouldCountIf` are by the rules of now. Changes nothing.',
    search:
      'Finds what was delivered of orders by whatever is known of them: the order’s number, its name or the beginning of that; or who bought: a customer’s number, with or without what its platform puts in front, a whole e-mail address in any case, or the beginning of a name. What is called exactly so comes first, then all else, each the newest first. It finds an order whatever became of it; one that did not count by who bought only as long as its body is kept, and by a person’s name only where that person is a member. Nobody who was erased is found.',
  },
  fields: {
    'search.q': 'What is looked for; white space around it does not count.',
    'search.limit': 'How many are shown at most.',
    'explain.orderId': 'The order’s id; or a name by which its platform calls it in refunds and disputes.',
    'explain.orderName': 'What people call the order, with or without a leading `#`.',
    'explain.connectorId': 'Only orders that this connector was told of.',
    dryRun: 'Say what would become of it, and change nothing.',
    receivedFrom: 'Received at this time or later.',
    receivedTo: 'Received before this time.',
    limit: 'How many are replayed at most.',
    cursor: 'The `next` of the answer before; absent: begin.',
    platform: 'Which platform sent it.',
    topic:
      'What it is about, as the platform says it; `backfill` or `reconcile`: nobody sent it, it was read from the platform.',
    webhookId: 'The platform’s id of it; `null` when it sent none, or it was read.',
    bodySha256: 'The SHA-256 of its body.',
    receivedAt: 'When it arrived.',
    headers: 'What is kept of its headers.',
    orderId: 'The order it is about.',
    orderName:
      'What people call that order, such as `#1004`; `null` where the body does not say it. Compared without one leading `#`.',
    outcome:
      '`translated` by the rules; `reported`: refunds, a dispute or a cancellation of an order; `ignored` as a whole; or `noted`: no order, but what the platform tells of the shop or passes on of privacy law.',
    itemStatus: 'What became of one of its items; `ignored` also of a delivery that was ignored as a whole.',
    reason:
      'Why it was ignored; of a replay: why an item, or a delivery as a whole, did not count; of abandoning: your own words.',
    items:
      'What became of it: of a purchase rule by rule, then each thing that the body reports of its order, as `waiting` until the purchase comes and `applied` from then on.',
  },
}

export const backfill: ResourceText = {
  about:
    'A reading of past orders of a connector from its platform, begun by POST /schema/connector/record/{id}/backfill. Orders go the way of webhooks: by the same rules, once, and those that webhooks brought change nothing. Workers carry it out, and go on where it was when they are killed.',
  actions: {
    cancel: 'Ends it; what counted stays. One that has ended stays as it is.',
  },
  fields: {
    connectorId: 'Whose orders.',
    state:
      '`running`, also while it waits for the platform or for a paused connector; `done`; `cancelled`, by you or since the connector was uninstalled; `failed`, see `problem`.',
    since: 'Orders made at this time or later.',
    until: 'Orders made before this time.',
    dryRun: 'It counts what would become of the orders, and stores nothing else.',
    rewards:
      'Whether its logs are granted rewards, as those of webhooks that came late; else they are quiet: they count and are granted nothing.',
    found: 'Orders that were read: the sum of the next four.',
    counted: 'Orders that a rule counted.',
    duplicates: 'Orders that had counted before. What was refunded or cancelled of them since is applied.',
    ignored: 'Orders that no rule counts.',
    failed: 'Orders that could not be counted for a reason that their delivery tells.',
    readUpTo: 'Every order before it has been read. Begin another from here to go on after a failure.',
    problem:
      'Why it failed: `TOKEN_REFUSED`, `SCOPES_MISSING`, `PLATFORM_REFUSED` or `INTERNAL`; else `null`.',
    startedAt: 'When it was begun.',
    endedAt: 'When it ended; `null` while it runs.',
  },
}

export const couponProvider: ResourceText = {
  about:
    'Where coupons come from: a pool of codes that you upload, your own service over HTTP, your shop at Shopify, your account at Stripe, or your project at Voucherify.',
  actions: {
    resume:
      'Ends the pause that failures in a row have brought about, and lets the rewards go that wait for it. One that is not paused stays as it is.',
  },
  fields: {
    health:
      'How it fares: whether it is paused after failures in a row, since when, what went wrong last, and how many rewards wait for it, the oldest since when.',
    name: 'Unique in the account.',
    provider: 'Of which kind it is; never changes.',
    connectorId:
      'The installed connector whose access it makes coupons with; null for kinds that need none. Never changes.',
    settings: 'What the kind needs to know.',
    credentials: 'What it signs its requests with. Written, never read back.',
  },
}

export const couponCode: ResourceText = {
  about: 'The codes of a pool. Each is given out once.',
  verbs: {
    create: 'Uploads up to 1,000 codes, all or none.',
    delete: 'Only while the code was not given out.',
  },
  fields: {
    code: 'Unique in the account, whatever its case, width or white space.',
    codes: 'The codes.',
    rewardLogId: 'The reward log it was given to; `null` while it is free.',
  },
}

/** Fields that mean the same wherever they stand. */
export const COMMON_FIELDS: Readonly<Record<string, string>> = {
  id: 'Set by the platform; never changes.',
  createdAt: 'When the record was made. UTC with milliseconds, as every time in an answer.',
  updatedAt: 'When the record last changed.',
  streakId: 'The streak.',
  ownedById: 'The member.',
  providerId: 'The coupon provider that makes the coupons.',
  connectorId: 'The connector.',
}

export const INFO = `Streakline turns purchases into streaks and streaks into coupons. Your backend sends **streak logs** (or a
connector does, from the webhooks of Shopify, Stripe and WooCommerce); Streakline adds them up per member and period, counts the
periods that were completed in a row, and grants a **reward log** when a **milestone** is crossed.

- Every record lives at \`/schema/{slug}/record\` (list, create) and \`/schema/{slug}/record/{id}\` (get, patch, delete).
  The same addresses also answer under \`/api/v1.0\`.
- Success is \`{"data": …}\`, for lists \`{"data": […], "paging": …}\`. A failure is always
  \`{"error": {"code", "message", "details", "requestId"}}\`: decide by \`code\`.
- A verb that a resource never has answers 405 with the reason and an \`Allow\` header.
- A field that a body may not hold is a 400 naming it. In a create, and inside of fields, \`null\` is as if absent; in a patch it clears
  an optional field. No text holds U+0000. What a patch leaves out stays as it is.
- Numbers that count or measure (\`format: decimal\`) are exact: they are read and written with all their digits, up to 6
  decimals. A sum may have more digits than a double holds.
- Times are ISO 8601 with \`Z\` or an offset on input, UTC with milliseconds on output.
- Answers carry \`X-Request-Id\`. Send your own (at most 64 of \`A–Z a–z 0–9 . _ : -\`) and it is kept.`

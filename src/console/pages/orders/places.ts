export interface OrderPlace {
  readonly orderId?: string
  readonly orderName?: string
  readonly connectorId?: string
}

/** The page that tells the journey of an order. */
export function orderPage({ orderId, orderName, connectorId }: OrderPlace): string {
  const query = new URLSearchParams()
  if (orderId !== undefined) query.set('orderId', orderId)
  else if (orderName !== undefined) query.set('orderName', orderName)
  if (connectorId !== undefined) query.set('connectorId', connectorId)
  return `/orders/order?${query}`
}

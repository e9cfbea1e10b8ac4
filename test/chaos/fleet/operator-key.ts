/**
 * What the fleet's control plane knows its operator by. It answers at an address of a network, so it is not `open`: the
 * clients in calls are guests, and the checks are the operator.
 */
export const OPERATOR_KEY = 'the-key-of-the-chaos-operator'

/** The header that shows the key. */
export const asOperator = { authorization: `Bearer ${OPERATOR_KEY}` } as const

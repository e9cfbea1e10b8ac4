/** The attributes that name an item, each a string: where it is, and its place there. */
export type TableKey = { readonly partition: string; readonly sort?: string }

export const roomsTableKey: TableKey = { partition: 'roomId' }

export const transcriptsTableKey: TableKey = { partition: 'roomId', sort: 'lineKey' }

/** The attribute of every item after whose time DynamoDB may remove it, in seconds since the Unix epoch. */
export const EXPIRY_ATTRIBUTE = 'expiresAt'

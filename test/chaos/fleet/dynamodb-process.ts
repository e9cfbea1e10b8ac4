import dynalite from 'dynalite'

/** DynamoDB's API as a process of its own, so that it can be killed: `node dynamodb-process.ts <host> <port> <folder>`. */
const [host = '127.0.0.1', port = '0', path = ''] = process.argv.slice(2)
dynalite({ path, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 }).listen(Number(port), host)

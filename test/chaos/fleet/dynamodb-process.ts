import dynalite from 'dynalite'
import { INSTANT_TABLES } from '../../../dev/embedded-dynamodb.ts'

/** DynamoDB's API as a process of its own, so that it can be killed: `node dynamodb-process.ts <host> <port> <folder>`. */
const [host = '127.0.0.1', port = '0', path = ''] = process.argv.slice(2)
dynalite({ ...INSTANT_TABLES, path }).listen(Number(port), host)

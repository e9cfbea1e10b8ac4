import { tryLock } from '../../../dev/bootstrap/file-lock.mjs'

const lock = await tryLock(process.argv[2] ?? '')
if (lock !== undefined) process.stdout.write('held\n')

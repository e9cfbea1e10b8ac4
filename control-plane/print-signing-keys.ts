import { generateSigningKeys } from './signing-keys.ts'

/** Prints a new set of keys that sign join tokens, for `SIGNING_KEY` or the file that `SIGNING_KEY_FILE` names. */
process.stdout.write(`${await generateSigningKeys()}\n`)

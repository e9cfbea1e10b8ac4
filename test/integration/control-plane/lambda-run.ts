import { text } from 'node:stream/consumers'

/** Plays AWS Lambda: hands the events on standard input to the entry one by one, and prints the answers. */
const { handler } = await import('../../../control-plane/lambda.ts')
const events = JSON.parse(await text(process.stdin))
const answers = []
for (const event of events) answers.push(await handler(event))
process.stdout.write(`\n${JSON.stringify(answers)}\n`, () => process.exit(0))

import { createInterface } from 'node:readline'

/** Plays AWS Lambda: hands each line of standard input, an event, to the entry, and prints its answer as a line. */
const [, , entry = ''] = process.argv
const { handler } = await import(entry)
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await handler(JSON.parse(line))
  process.stdout.write(`\n${JSON.stringify({ answer: answer ?? null })}\n`)
}
process.exit(0)

/** Prints how long a Lambda's entry takes to be imported, and then to answer its first call, in milliseconds. */
const [, , entry = '', event = ''] = process.argv
const started = performance.now()
const { handler } = await import(entry)
const imported = performance.now()
const { statusCode } = await handler(JSON.parse(event))
if (statusCode !== 200) throw new Error(`answered ${statusCode}`)
process.stdout.write(JSON.stringify({ importMs: imported - started, firstCallMs: performance.now() - imported }))
process.exit(0)

import { config } from 'zod'

// The page's content security policy forbids compiling code, and zod's mere trying would be reported as a violation.
// Imported before any schema is made, because that is when zod decides.
config({ jitless: true })

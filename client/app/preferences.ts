import { z } from 'zod'

const KEY = 'jbcalling.preferences'

const preferences = z.object({
  displayName: z.string().max(64).exactOptional(),
  language: z.string().max(35).exactOptional(),
  readingLanguage: z.string().max(35).exactOptional(),
  captioned: z.boolean().exactOptional(),
  microphoneId: z.string().exactOptional(),
  cameraId: z.string().exactOptional(),
})

/** What this browser remembers of a person between calls. */
export type Preferences = z.infer<typeof preferences>

/** Empty where storage is blocked, or holds something else. */
export function readPreferences(): Preferences {
  try {
    return preferences.parse(JSON.parse(localStorage.getItem(KEY) ?? '{}'))
  } catch {
    return {}
  }
}

/** A convenience only: where storage is blocked nothing is remembered. */
export function rememberPreferences(changes: Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...readPreferences(), ...changes }))
  } catch {}
}

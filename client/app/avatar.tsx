const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Initials on a colour that belongs to the name. */
export function Avatar(props: { name: string }) {
  return (
    <span className="avatar" style={{ '--hue': hueOf(props.name) }} aria-hidden="true">
      {initialsOf(props.name)}
    </span>
  )
}

function initialsOf(name: string): string {
  const parts = name.trim().split(/\s+/)
  const initials = [parts[0], parts.length > 1 ? parts.at(-1) : undefined].map((part) => firstLetter(part ?? ''))
  return initials.join('').toLocaleUpperCase()
}

/** As people count letters (UAX #29): a vowel sign stays with its consonant, and an emoji whole. */
function firstLetter(part: string): string {
  return letters.segment(part).containing(0)?.segment ?? ''
}

/** The hue, in degrees, that goes with a name wherever it appears. */
export function hueOf(name: string): number {
  return [...name].reduce((hash, letter) => (hash * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7)
}

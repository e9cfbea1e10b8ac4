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
  const letters = [parts[0], parts.length > 1 ? parts.at(-1) : undefined].map((part) => [...(part ?? '')][0] ?? '')
  return letters.join('').toLocaleUpperCase()
}

/** The hue, in degrees, that goes with a name wherever it appears. */
export function hueOf(name: string): number {
  return [...name].reduce((hash, letter) => (hash * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7)
}

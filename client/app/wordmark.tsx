/** The mark is what the product does: a speech bubble with two lines of captions in it. */
export function Wordmark() {
  return (
    <span className="wordmark">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <path
          className="wordmark-bubble"
          d="M8 4h16a6 6 0 0 1 6 6v8a6 6 0 0 1-6 6h-9l-6 5v-5H8a6 6 0 0 1-6-6v-8a6 6 0 0 1 6-6z"
        />
        <path className="wordmark-lines" d="M9 12h8M9 17h4M21 12h2M17 17h6" />
      </svg>
      JBCalling
    </span>
  )
}

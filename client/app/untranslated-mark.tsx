import { primarySubtag } from '../../shared/protocol/language-tag.ts'
import { languageName } from './language-name.ts'

/** Stands beside a text that is shown as it was said, for want of a translation. */
export function UntranslatedMark(props: { language: string }) {
  return (
    <span className="language-mark" title={`Not translated: ${languageName(props.language)}`}>
      <span aria-hidden="true">{primarySubtag(props.language)}</span>
      <span className="visually-hidden">(not translated)</span>
    </span>
  )
}

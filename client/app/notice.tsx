import type { ReactNode } from 'react'
import { Icon } from './icon.tsx'

/** Something to know, with what to do about it. A problem is announced at once, the rest when there is a pause. */
export function Notice(props: {
  tone: 'problem' | 'quiet' | 'good'
  title: string
  advice?: string
  children?: ReactNode
}) {
  return (
    <div className={`notice ${props.tone}`} role={props.tone === 'problem' ? 'alert' : 'status'}>
      <Icon name={props.tone === 'good' ? 'check' : 'alert'} />
      <div className="notice-text">
        <strong>{props.title}</strong>
        {props.advice && <p>{props.advice}</p>}
      </div>
      {props.children}
    </div>
  )
}

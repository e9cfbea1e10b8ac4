import type { ReactNode } from 'react'
import { useScreenTitle } from './use-screen-title.ts'
import { Wordmark } from './wordmark.tsx'

/** A page with one thing to say and the buttons that help. */
export function MessageScreen(props: { title: string; advice: string; children: ReactNode }) {
  const heading = useScreenTitle(props.title)
  return (
    <div className="message-screen">
      <header className="page-header">
        <Wordmark />
      </header>
      <main className="message">
        <h1 ref={heading} tabIndex={-1}>
          {props.title}
        </h1>
        <p>{props.advice}</p>
        <div className="message-actions">{props.children}</div>
      </main>
    </div>
  )
}

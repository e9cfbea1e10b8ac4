import type { ReactNode } from 'react'
import { Wordmark } from './wordmark.tsx'

/** A page with one thing to say and the buttons that help. */
export function MessageScreen(props: { title: string; advice: string; children: ReactNode }) {
  return (
    <div className="message-screen">
      <header className="page-header">
        <Wordmark />
      </header>
      <main className="message">
        <h1>{props.title}</h1>
        <p>{props.advice}</p>
        <div className="message-actions">{props.children}</div>
      </main>
    </div>
  )
}

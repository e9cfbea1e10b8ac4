import { Component, type ReactNode } from 'react'
import { MessageScreen } from './message-screen.tsx'

/** A fault in the page becomes a sentence and a way out, never a blank page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true }
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children
    return (
      <MessageScreen title="This page stopped working" advice="It is our fault, not yours. Load it again to continue.">
        <button type="button" className="button primary" onClick={() => location.reload()}>
          Load again
        </button>
      </MessageScreen>
    )
  }
}

import type { Call } from '../sdk/call.ts'
import { CopyButton } from './copy-button.tsx'
import { ErrorReference } from './error-reference.tsx'
import { Icon } from './icon.tsx'
import { MessageScreen } from './message-screen.tsx'
import { callProblem } from './problem.ts'
import { roomName } from './room-name.ts'
import { TranscriptDownload } from './transcript-download.tsx'
import { transcriptText } from './transcript-text.ts'

/** After a call: why it ended, and the way back. */
export function EndedScreen(props: { call: Call; error: unknown; onJoinAgain: () => void; onLobby: () => void }) {
  const { roomId, captions } = props.call.state
  const { title, advice } = props.error
    ? callProblem(props.error)
    : { title: 'You left the call', advice: `You can come back to “\u2068${roomName(roomId)}\u2069” at any time.` }

  return (
    <MessageScreen title={title} advice={advice}>
      <button type="button" className="button primary" onClick={props.onJoinAgain}>
        Join again
      </button>
      <button type="button" className="button" onClick={props.onLobby}>
        Back to the lobby
      </button>
      {captions.transcript.lines.length > 0 && (
        <CopyButton
          icon="copy"
          label="Copy transcript"
          text={() => transcriptText(captions.transcript, captions.language)}
        />
      )}
      <TranscriptDownload
        call={props.call}
        reading={captions.language}
        className="button"
        face={
          <>
            <Icon name="download" />
            Download transcript
          </>
        }
      />
      <ErrorReference error={props.error} />
    </MessageScreen>
  )
}

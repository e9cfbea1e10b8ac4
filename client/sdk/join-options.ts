import type { Source } from '../../shared/protocol/messages.ts'

export type JoinOptions = {
  /** Origin of the control plane, such as `https://calls.example`; empty for the page's own. */
  readonly api: string
  readonly roomId: string
  readonly displayName: string
  /** The language this participant speaks, as a BCP 47 tag. */
  readonly language: string
  /** Sent from the start; they stay the caller's and are never stopped here. A disabled track goes out muted. */
  readonly tracks?: { readonly [S in Source]?: MediaStreamTrack | undefined }
  /** Whether to read along from the start. */
  readonly captions?: boolean
  /** The language this participant reads, as a BCP 47 tag; the one they speak unless said otherwise. */
  readonly captionLanguage?: string
  /** False keeps this participant's speech from being captioned: then not a word reaches speech recognition. */
  readonly captioned?: boolean
  /** Gives up joining, whatever it has come to. */
  readonly signal?: AbortSignal
}

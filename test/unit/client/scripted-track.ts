/** A track that only tells itself from others. */
export class ScriptedTrack extends EventTarget implements MediaStreamTrack {
  readonly id: string
  readonly kind: string
  contentHint = ''
  enabled = true
  readonly label = ''
  readonly muted = false
  readonly readyState = 'live'
  onended = null
  onmute = null
  onunmute = null

  constructor(kind: 'audio' | 'video', id: string) {
    super()
    this.kind = kind
    this.id = id
  }

  stop(): void {}

  clone(): ScriptedTrack {
    return this
  }

  getCapabilities(): MediaTrackCapabilities {
    return {}
  }

  getConstraints(): MediaTrackConstraints {
    return {}
  }

  getSettings(): MediaTrackSettings {
    return {}
  }

  async applyConstraints(): Promise<void> {}
}

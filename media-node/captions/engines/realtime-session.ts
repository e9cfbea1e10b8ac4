/** What a Realtime session is asked for. */
export type RealtimeSession = {
  readonly model: string
  readonly shape: 'current' | 'flat'
  readonly language: string
  readonly vocabulary: readonly string[]
}

/** OpenAI takes the model in the session, servers of the flat shape in the address. */
export function realtimeUrl(url: string, { model, shape }: RealtimeSession): URL {
  const address = new URL(url)
  address.searchParams.set('intent', 'transcription')
  if (shape === 'flat') address.searchParams.set('model', model)
  return address
}

/** The first event of a session. Utterances end when we say so: `turn_detection` is off. */
export function sessionUpdate(session: RealtimeSession): object {
  const transcription = transcriptionOf(session)
  if (session.shape === 'flat') {
    return { type: 'session.update', session: { input_audio_transcription: transcription, turn_detection: null } }
  }
  const format = { type: 'audio/pcm', rate: 24_000 }
  return {
    type: 'session.update',
    session: { type: 'transcription', audio: { input: { format, transcription, turn_detection: null } } },
  }
}

/** Models differ in how they are told a language and words; each refuses the others' way. */
function transcriptionOf({ model, language, vocabulary, shape }: RealtimeSession): object {
  if (shape === 'current' && /^gpt-(live-)?transcribe/.test(model)) {
    const keywords = vocabulary.map((word) => word.replaceAll(/[<>\r\n]/g, ' '))
    return { model, languages: [language], ...(keywords.length > 0 && { keywords }) }
  }
  const takesPrompt = vocabulary.length > 0 && !/^gpt-realtime-whisper/.test(model)
  return { model, language, ...(takesPrompt && { prompt: vocabulary.join(', ') }) }
}

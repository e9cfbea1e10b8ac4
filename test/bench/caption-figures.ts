import type { CaptionStage } from '../../media-node/captions/caption-metrics.ts'

export const STAGES = ['tap', 'lane', 'engine', 'translate', 'fanout'] as const satisfies readonly CaptionStage[]

/** How often a stage was gone through, and the mean milliseconds that it took. */
export type StageFigures = { readonly stage: CaptionStage; readonly count: number; readonly meanMs: number }

/** What a media node counted of its captions between two readings of its `/metrics`. */
export type CaptionFigures = {
  readonly stages: readonly StageFigures[]
  readonly audioReceivedSeconds: number
  readonly audioRecognisedSeconds: number
  /** Undefined where the media node does not count them. */
  readonly wordsShown: number | undefined
  readonly wordsRewritten: number | undefined
}

/** Both are texts in Prometheus' format. */
export function captionFiguresBetween(before: string, after: string): CaptionFigures {
  const grown = (series: string) => {
    const now = readingOf(after, series)
    return now === undefined ? undefined : now - (readingOf(before, series) ?? 0)
  }
  const stages = STAGES.map((stage) => {
    const of = (what: string) => grown(`jbcalling_caption_stage_duration_seconds_${what}{stage="${stage}"}`) ?? 0
    const count = of('count')
    return { stage, count, meanMs: count === 0 ? 0 : (1_000 * of('sum')) / count }
  })
  return {
    stages,
    audioReceivedSeconds: grown('jbcalling_caption_audio_received_seconds_total') ?? 0,
    audioRecognisedSeconds: grown('jbcalling_caption_audio_recognised_seconds_total') ?? 0,
    wordsShown: grown('jbcalling_caption_words_shown_total'),
    wordsRewritten: grown('jbcalling_caption_words_rewritten_total'),
  }
}

function readingOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}

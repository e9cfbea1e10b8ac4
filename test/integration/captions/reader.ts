import type { CaptionReader } from '../../../media-node/captions/language-group.ts'
import type { Caption, CaptionsStatus } from '../../../shared/protocol/caption.ts'

/** A reader who keeps all that is told. */
export function reader(
  participantId: string,
  language = 'en',
): CaptionReader & { captions: Caption[]; statuses: CaptionsStatus[] } {
  const captions: Caption[] = []
  const statuses: CaptionsStatus[] = []
  const notify: CaptionReader['notify'] = (_event, data) => {
    if ('segmentId' in data) captions.push(data)
    else if ('status' in data) statuses.push(data)
  }
  return { participantId, language, captions, statuses, notify }
}

/** How each segment went: whether its last revision, and no other, is final, and whether revisions only grew. */
export function segmentsOf(captions: readonly Caption[]): { ended: boolean; growing: boolean }[] {
  return [...Map.groupBy(captions, ({ segmentId }) => segmentId).values()].map((revisions) => ({
    ended: revisions.findIndex(({ final }) => final) === revisions.length - 1,
    growing: revisions.every(({ revision }, index) => revision > (revisions[index - 1]?.revision ?? -1)),
  }))
}

import { useEffect, useState, useSyncExternalStore } from 'react'
import type { Call } from '../sdk/call.ts'

/** A shorter break is over before anybody could read about it. */
const UNNOTICED_MS = 700
const NEWS_MS = 4_000

/** What to tell of a call's connection. */
export type Reconnection =
  | { readonly name: 'nothing' }
  | { readonly name: 'trying'; readonly seconds: number }
  /** Of short interest. */
  | { readonly name: 'back' }
  | { readonly name: 'moved' }

/** Follows how a call's connection breaks, comes back and moves. */
export function useReconnection(call: Call): Reconnection {
  const { phase } = useSyncExternalStore(call.subscribe, () => call.state)
  const since = phase.name === 'reconnecting' ? phase.since : undefined
  const elapsedMs = useElapsed(since)
  const news = useNews(call)
  if (elapsedMs >= UNNOTICED_MS) return { name: 'trying', seconds: Math.floor(elapsedMs / 1_000) }
  return { name: since === undefined && news ? news : 'nothing' }
}

/** Milliseconds since a moment, as they pass. */
function useElapsed(since: number | undefined): number {
  const [now, setNow] = useState(0)
  useEffect(() => {
    if (since === undefined) return
    const tick = () => setNow(Date.now())
    tick()
    const first = setTimeout(tick, UNNOTICED_MS)
    const every = setInterval(tick, 1_000)
    return () => {
      clearTimeout(first)
      clearInterval(every)
    }
  }, [since])
  return since === undefined ? 0 : now - since
}

function useNews(call: Call): 'back' | 'moved' | null {
  const [news, setNews] = useState<'back' | 'moved' | null>(null)
  useEffect(() => {
    let forget: ReturnType<typeof setTimeout> | undefined
    const tell = (what: 'back' | 'moved') => {
      setNews(what)
      clearTimeout(forget)
      forget = setTimeout(() => setNews(null), NEWS_MS)
    }
    const stop = call.on((event) => {
      if (event.type === 'reconnected' && event.ms >= UNNOTICED_MS) tell('back')
      if (event.type === 'migrated') tell('moved')
    })
    return () => {
      stop()
      clearTimeout(forget)
    }
  }, [call])
  return news
}

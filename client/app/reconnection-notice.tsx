import { useSyncExternalStore } from 'react'
import type { Call } from '../sdk/call.ts'
import { browserEnvironment } from '../sdk/environment.ts'
import { Notice } from './notice.tsx'
import { useReconnection } from './use-reconnection.ts'

/** After this a break is probably the person's own network. */
const LONG_SECONDS = 10

/** That the call reconnects and for how long, that it is back, or that it moved. */
export function ReconnectionNotice(props: { call: Call }) {
  const reconnection = useReconnection(props.call)
  switch (reconnection.name) {
    case 'nothing':
      return null
    case 'trying':
      return <Trying seconds={reconnection.seconds} />
    case 'back':
      return <Notice tone="good" title="You are back in the call" />
    case 'moved':
      return <Notice tone="good" title="The call moved to another server" advice="Everything goes on as it was." />
  }
}

function Trying({ seconds }: { seconds: number }) {
  const isOnline = useSyncExternalStore(watchNetwork, () => navigator.onLine)
  if (!isOnline) {
    return (
      <Notice
        tone="problem"
        title="You have no network"
        advice="The call waits for you. You will be back as soon as there is one."
      />
    )
  }
  const advice =
    seconds < LONG_SECONDS
      ? 'The connection broke. You will be back in a moment.'
      : 'Still trying. Please check your internet connection.'
  return (
    <Notice tone="problem" title="Reconnecting…" advice={advice}>
      {/* A screen reader would say every second. */}
      <span className="notice-count" aria-hidden="true">
        {seconds} s
      </span>
    </Notice>
  )
}

const { watchNetwork } = browserEnvironment

import { type RefObject, useEffect, useRef } from 'react'

/**
 * Tells where one is: in the window's title, and by giving the heading the focus, so that a screen reader reads it and
 * the keyboard starts from there.
 */
export function useScreenTitle(title: string): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null)

  useEffect(() => {
    document.title = `${title} · JBCalling`
    heading.current?.focus()
    return () => {
      document.title = 'JBCalling'
    }
  }, [title])

  return heading
}

import type { ComponentProps } from 'react'
import { Icon } from './icon.tsx'

/** A labelled list to choose from: the browser's own, in our frame. */
export function SelectField(props: ComponentProps<'select'> & { label: string }) {
  const { label, className, ...select } = props
  return (
    <label className={className ? `field ${className}` : 'field'}>
      <span>{label}</span>
      <span className="select">
        <select {...select} />
        <Icon name="chevron" />
      </span>
    </label>
  )
}

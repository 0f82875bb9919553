import { type IconName, iconPaths } from '#ui/icon/icon-paths.ts'

/** A decorative line icon. It carries no name of its own: the word beside it, or the control's aria-label, does. */
export function Icon({ name, size }: { name: IconName; size?: 's' | 'l' }) {
  return (
    <svg className={size ? `y-ic ${size}` : 'y-ic'} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={iconPaths[name]} />
    </svg>
  )
}

/** The mark: one line drawn through an open ring, with a person at the opening. */
export function Brand({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#1a5cb0" />
      <path d="M22.6 9.4a9.3 9.3 0 11-13.2 0" fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" />
      <path d="M9.5 16h13" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" />
      <circle cx="16" cy="6.7" r="1.9" fill="#f0c9b2" />
    </svg>
  )
}

import type { ReactNode } from 'react'
import { Link, useLocation, useSearchParams } from 'react-router'
import { useText } from '#ui/i18n/TextProvider.tsx'

const tabs = [
  { path: '/loop/recognition', label: 'loop.recognition.tab.models' },
  { path: '/loop/recognition/shadow', label: 'loop.recognition.tab.shadow' },
  { path: '/loop/recognition/labels', label: 'loop.recognition.tab.labels' },
  { path: '/loop/recognition/changes', label: 'loop.recognition.tab.changes' },
] as const

export type Task = 'line' | 'class'

/** Which of the two models the page is about; it stands in the address. */
export function useTask(): Task {
  const [params] = useSearchParams()
  return params.get('task') === 'class' ? 'class' : 'line'
}

/** How a version is called: what came with the product by its name, the county's own by number. */
export function useVersionName(): (version: number | null, task: Task) => string {
  const { t } = useText()
  return (version, task) =>
    version === null
      ? ''
      : version === 0
        ? t(task === 'line' ? 'loop.recognition.origin.shipped' : 'loop.recognition.origin.words')
        : t('loop.recognition.version', { version })
}

/** A share as people write it. */
export const percent = (share: number) => `${Math.round(share * 1000) / 10}%`

/** Title, tabs and the choice between line and class that the pages of the models share. */
export function RecognitionHead({ tools }: { tools?: ReactNode }) {
  const { t } = useText()
  const { pathname } = useLocation()
  const task = useTask()
  const here = [...tabs].reverse().find(({ path }) => pathname.startsWith(path)) ?? tabs[0]
  return (
    <div className="y-pagehead">
      <h1>{t('loop.recognition.nav')}</h1>
      <nav className="y-tabs" aria-label={t('loop.recognition.nav')}>
        {tabs.map(({ path, label }) => (
          <Link
            key={path}
            to={`${path}?task=${task}`}
            className={path === here.path ? 'on' : ''}
            aria-current={path === here.path ? 'page' : undefined}
          >
            {t(label)}
          </Link>
        ))}
      </nav>
      <span className="y-grow" />
      <nav className="y-row" aria-label={t('loop.recognition.task')} style={{ gap: 6 }}>
        {(['line', 'class'] as const).map((each) => (
          <Link
            key={each}
            to={`${here.path}?task=${each}`}
            className={each === task ? 'y-chip on' : 'y-chip'}
            aria-current={each === task ? 'true' : undefined}
          >
            {t(`loop.recognition.task.${each}`)}
          </Link>
        ))}
      </nav>
      {tools}
    </div>
  )
}

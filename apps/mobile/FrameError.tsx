import { Component, type ReactNode } from 'react'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'

/** A page that broke, most often because its file did not arrive: said in words, with a way to load it again. */
export class FrameError extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError() {
    return { broken: true }
  }

  override render() {
    return this.state.broken ? <Broken /> : this.props.children
  }
}

function Broken() {
  const { t } = useText()
  return (
    <main className="m-main" id="main">
      <div className="m-notice" role="alert">
        <Icon name="warn" />
        <div className="y-grow">
          <b>{t('m.broken')}</b>
          {t('m.broken.do')}
          <div className="m-btns">
            <button type="button" className="m-btn" onClick={() => location.reload()}>
              <Icon name="sync" />
              {t('m.again')}
            </button>
            <a className="m-btn" href="tel:12345">
              <Icon name="phone" />
              {t('m.call12345')}
            </a>
          </div>
        </div>
      </div>
    </main>
  )
}

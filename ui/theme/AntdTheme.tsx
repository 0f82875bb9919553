import { ConfigProvider, type ConfigProviderProps } from 'antd'
import enUS from 'antd/es/locale/en_US.js'
import zhCN from 'antd/es/locale/zh_CN.js'
import 'dayjs/locale/zh-cn'
import dayjs from 'dayjs'
import type { ReactNode } from 'react'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { antdTheme } from '#ui/theme/antd-theme.ts'

// These files are ES modules in a package that does not say so: the compiler takes them for CommonJS, the bundler does not.
const locales = { en: enUS, 'zh-CN': zhCN } as unknown as Record<string, ConfigProviderProps['locale']>

/** Ant Design in our look and language, for the parts of a page that use it; pages without forms need not load it. */
export function AntdTheme({ children }: { children: ReactNode }) {
  const { language } = useText()
  dayjs.locale(language === 'en' ? 'en' : 'zh-cn')
  const dark = document.documentElement.classList.contains('dark')
  return (
    <ConfigProvider
      locale={locales[language]}
      theme={antdTheme(dark ? 'dark' : 'light')}
      button={{ autoInsertSpace: false }}
    >
      {children}
    </ConfigProvider>
  )
}

import type { LocaleFile } from '#ui/i18n/catalogue.ts'

/** Everything the console says in Chinese: the parts, the platform's errors, the modules, the shell. */
const found = {
  ...import.meta.glob<LocaleFile>('#ui/locale/zh-CN.json', { eager: true, import: 'default' }),
  ...import.meta.glob<LocaleFile>('#platform/*/locale/zh-CN.json', { eager: true, import: 'default' }),
  ...import.meta.glob<LocaleFile>('#modules/*/*/console/locale/zh-CN.json', { eager: true, import: 'default' }),
  ...import.meta.glob<LocaleFile>('#modules/*/*/locale/zh-CN.json', { eager: true, import: 'default' }),
  ...import.meta.glob<LocaleFile>('../locale/zh-CN.json', { eager: true, import: 'default' }),
}

export default Object.values(found)

import type { LocaleFile } from '#ui/i18n/catalogue.ts'

/** Everything the console says in English: the parts, the platform's errors, the modules, the shell. */
const found = {
  ...import.meta.glob<LocaleFile>('#ui/locale/en.json', { eager: true, import: 'default' }),
  ...import.meta.glob<LocaleFile>('#platform/*/locale/en.json', { eager: true, import: 'default' }),
  ...import.meta.glob<LocaleFile>('#modules/*/*/console/locale/en.json', { eager: true, import: 'default' }),
  ...import.meta.glob<LocaleFile>('#modules/*/*/locale/en.json', { eager: true, import: 'default' }),
  ...import.meta.glob<LocaleFile>('../locale/en.json', { eager: true, import: 'default' }),
}

export default Object.values(found)

import { type ThemeConfig, theme } from 'antd'

export type Look = 'light' | 'dark'

const font =
  '"PingFang SC", "Microsoft YaHei", "Source Han Sans SC", "Noto Sans CJK SC", "Yiti Zen Hei", "WenQuanYi Zen Hei", system-ui, sans-serif'

interface Palette {
  blue: string
  blue50: string
  red: string
  orange: string
  ink: string
  ink2: string
  ink3: string
  line: string
  line2: string
  bg: string
  surface: string
  fill: string
  shadow1: string
  shadow2: string
}

/** The same values as tokens.css; a test keeps the two equal. */
export const palettes: Record<Look, Palette> = {
  light: {
    blue: '#1a5cb0',
    blue50: '#eff5fc',
    red: '#c21f1f',
    orange: '#b84e08',
    ink: '#17212e',
    ink2: '#44505f',
    ink3: '#647080',
    line: '#e1e6ed',
    line2: '#cbd3dd',
    bg: '#f3f5f8',
    surface: '#ffffff',
    fill: '#f7f9fb',
    shadow1: '0 1px 2px rgba(23, 33, 46, .06)',
    shadow2: '0 4px 16px rgba(23, 33, 46, .10)',
  },
  dark: {
    blue: '#6aa9f4',
    blue50: '#12243a',
    red: '#ff7b74',
    orange: '#ff9f57',
    ink: '#e9f0f8',
    ink2: '#b3c2d3',
    ink3: '#8fa1b5',
    line: '#1e3046',
    line2: '#2c435e',
    bg: '#08111c',
    surface: '#0e1a29',
    fill: '#122135',
    shadow1: '0 1px 2px rgba(0, 0, 0, .4)',
    shadow2: '0 4px 16px rgba(0, 0, 0, .5)',
  },
}

/**
 * Ant Design in Yiti's look. Severity is not mapped to success/warning/error: it is the part `Severity`.
 * There is no green; what is done is blue with a check mark.
 */
export function antdTheme(look: Look): ThemeConfig {
  const p = palettes[look]
  return {
    algorithm: look === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: p.blue,
      colorInfo: p.blue,
      colorLink: p.blue,
      colorSuccess: p.blue,
      colorError: p.red,
      colorWarning: p.orange,
      colorTextBase: p.ink,
      colorText: p.ink,
      colorTextSecondary: p.ink2,
      colorTextTertiary: p.ink3,
      colorTextDescription: p.ink3,
      colorTextPlaceholder: p.ink3,
      colorBorder: p.line2,
      colorBorderSecondary: p.line,
      colorBgLayout: p.bg,
      colorBgContainer: p.surface,
      colorBgElevated: p.surface,
      colorFillAlter: p.fill,
      controlItemBgActive: p.blue50,
      borderRadius: 8,
      borderRadiusSM: 6,
      borderRadiusLG: 12,
      borderRadiusXS: 4,
      fontSize: 14,
      fontSizeSM: 12,
      fontSizeLG: 16,
      fontSizeXL: 20,
      fontSizeHeading1: 32,
      fontSizeHeading2: 24,
      fontSizeHeading3: 20,
      fontSizeHeading4: 16,
      fontSizeHeading5: 14,
      controlHeight: 36,
      controlHeightSM: 28,
      controlHeightLG: 44,
      lineHeight: 1.5,
      fontFamily: font,
      fontWeightStrong: 600,
      boxShadowTertiary: p.shadow1,
      boxShadow: p.shadow2,
      boxShadowSecondary: p.shadow2,
      sizeUnit: 4,
      sizeStep: 4,
      padding: 16,
      paddingLG: 24,
      paddingSM: 8,
      motionDurationMid: '0.16s',
    },
    components: {
      Layout: {
        headerBg: p.bg,
        siderBg: p.bg,
        bodyBg: p.bg,
        headerHeight: 56,
        headerPadding: '0 24px 0 20px',
      },
      Menu: {
        itemBg: 'transparent',
        itemHeight: 36,
        itemBorderRadius: 8,
        itemColor: p.ink2,
        itemSelectedBg: p.surface,
        itemSelectedColor: p.blue,
        groupTitleColor: p.ink3,
        groupTitleFontSize: 12,
      },
      Table: {
        headerBg: 'transparent',
        headerColor: p.ink3,
        headerSplitColor: 'transparent',
        borderColor: p.line,
        rowSelectedBg: p.blue50,
        cellPaddingBlock: 4,
        cellPaddingInline: 8,
      },
      Tabs: {
        inkBarColor: p.blue,
        itemColor: p.ink2,
        itemSelectedColor: p.ink,
        horizontalItemPadding: '8px 12px 10px',
      },
      Button: { fontWeight: 400, primaryShadow: 'none', defaultShadow: 'none' },
      Tag: { defaultBg: p.bg, defaultColor: p.ink2, borderRadiusSM: 4 },
    },
  }
}

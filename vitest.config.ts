import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{platform,modules,ui,apps,tools,bench,faults}/**/*.test.{ts,tsx}'],
    globalSetup: ['platform/testing/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
})

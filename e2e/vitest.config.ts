import { defineConfig } from 'vitest/config'

/** Browser journeys: a real server, a real database, real Chromium. One at a time, since each keeps both cores busy. */
export default defineConfig({
  test: {
    root: `${import.meta.dirname}/..`,
    include: ['e2e/**/*.journey.ts'],
    globalSetup: ['platform/testing/global-setup.ts'],
    testTimeout: 240_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
  },
})

import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The residents' phone: one page, served at `/<county>/m/*`, its hashed files under `/assets/mobile/`. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/assets/mobile/',
  plugins: [react()],
  build: {
    outDir: '../../dist/mobile',
    emptyOutDir: true,
    // The content policy forbids data: scripts and workers; a file is also cached better.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { index: `${import.meta.dirname}/index.html`, worker: `${import.meta.dirname}/service-worker.ts` },
      // The server hands the worker out itself, under a name that stays.
      output: { entryFileNames: (chunk) => (chunk.name === 'worker' ? 'worker.js' : 'assets/[name]-[hash].js') },
    },
    // Only the map is large, and only who opens it loads it.
    chunkSizeWarningLimit: 1200,
  },
})

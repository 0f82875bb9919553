import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The staff console: one page, served at `/<county>/console/*`, its hashed files under `/assets/console/`. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/assets/console/',
  plugins: [react()],
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    // The content policy forbids data: scripts and workers; a file is also cached better.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
  },
})

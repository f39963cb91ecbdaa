/** Builds the page into dist/: hashed assets, no inline script or style, so that the server's strict CSP holds. */
import { defineConfig } from 'vite';

/** A running `drydock serve` for `npm run dev`. */
const server = process.env.DRYDOCK_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { '/api': server, '/clusters': server } },
});

import { defineConfig } from 'vitest/config';

// Tests run on the sources: the @drydock/source condition resolves our packages to src/, so no build is needed.
const conditions = ['@drydock/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{charts,registry,controllers,tiller,web}/src/**/*.test.{ts,tsx}', 'test/{e2e,conformance}/**/*.test.ts'],
    testTimeout: 60_000,
  },
});

import { defineConfig } from 'vitest/config';

// The tests that need the real tools. They run on what was built, as a user has it.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['peers/**/*.test.ts'],
    globalSetup: ['peers/install-tools.ts'],
    testTimeout: 300_000,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
});

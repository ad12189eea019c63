import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["e2e/shared.setup.ts"],
    include: ["e2e/**/*.e2e.ts"],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    setupFiles: ["../../tools/stuck-tests/setup.mjs"],
    pool: "forks",
    fileParallelism: false,
  },
});

import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["@qmtl/source"] },
  ssr: { resolve: { conditions: ["@qmtl/source"] } },
  test: {
    include: ["packages/**/src/**/*.test.ts", "fixtures/**/*.test.ts", "bench/**/*.test.ts", "tools/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ["tools/stuck-tests/setup.mjs"],
    pool: "forks",
    // Many tests wait for processes that they started: on two cores, one file at a time leaves half of them idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    server: { deps: { inline: [/@qmtl\//] } },
  },
});

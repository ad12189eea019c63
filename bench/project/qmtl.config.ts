import allocatorEqual from "@qmtl/allocator-equal";
import { defineConfig, use } from "@qmtl/core/plugin";
import dataSamples from "@qmtl/data-samples";
import evaluatorStandard from "@qmtl/evaluator-standard";
import storageSqlite from "@qmtl/storage-sqlite";

export default defineConfig({
  plugins: [
    use(dataSamples, { panel: { start: "2024-01-01", end: "2024-03-11" } }),
    use(evaluatorStandard),
    use(allocatorEqual),
    use(storageSqlite),
  ],
});

import { describe, test } from "vitest";
import { storageSuite } from "../../plugin-testing/index.ts";
import { memoryStorage } from "./memory-storage.test.kit.ts";

let roots = 0;

storageSuite(
  { describe, test },
  { plugin: memoryStorage, contracts: ["state"], fresh: () => ({ root: `/memory/${++roots}`, config: {} }) },
);

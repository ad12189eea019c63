import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storageSuite } from "@qmtl/core/plugin-testing";
import { describe, test } from "vitest";
import storageSqlite from "./index.ts";

storageSuite(
  { describe, test },
  {
    plugin: storageSqlite,
    contracts: ["state", "objects"],
    fresh: () => ({ root: mkdtempSync(join(tmpdir(), "qmtl-sqlite-")), config: {} }),
    damage: ({ root }, digest) => {
      const file = join(root, ".qmtl", "objects", digest.slice(0, 2), digest);
      const bytes = readFileSync(file);
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      writeFileSync(file, bytes);
    },
  },
);

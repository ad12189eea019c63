import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { WorkspaceFiles } from "../project/index.ts";
import { createAnalysis } from "./analysis.ts";

const ROOT = fileURLToPath(new URL("../../../../fixtures/workspace/", import.meta.url));

const workspace: WorkspaceFiles = {
  list: () => ["qmtl.config.ts", ...below("strategies"), ...below("worlds")],
  read(path) {
    try {
      return readFileSync(ROOT + path.replace(/^node_modules\//, "../../node_modules/"), "utf8");
    } catch {
      return undefined;
    }
  },
};

function below(folder: string): readonly string[] {
  return readdirSync(ROOT + folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? below(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
  );
}

test("the sample strategies and worlds have nothing wrong with them", () => {
  const analysis = createAnalysis(workspace);
  const paths = analysis.paths();
  expect(paths.length).toBeGreaterThan(20);
  const found = paths.flatMap((path) => analysis.findings(path) ?? []);
  expect(found.filter(({ severity }) => severity === "error" || severity === "warning")).toEqual([]);
});

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { makeProject, type TestProject } from "../../cli/src/project.test.kit.ts";
import { TEMPLATES, templateText } from "./template-list.ts";

const folder = fileURLToPath(new URL("../templates/", import.meta.url));
const textOf = (file: string): string => readFileSync(`${folder}${file}`, "utf8");

test("every template is offered, and every file of theirs is there", () => {
  const files = TEMPLATES.flatMap(({ id, world }) => [`${id}.ts`, ...(world === undefined ? [] : [`${world}.yml`])]);
  expect(readdirSync(folder).sort()).toEqual([...new Set(files)].sort());
});

describe("a strategy from a template", () => {
  let project: TestProject;
  beforeAll(() => {
    project = makeProject();
    for (const template of TEMPLATES) {
      const { id, world } = template;
      project.write(`strategies/my-${id}.ts`, templateText(textOf(`${id}.ts`), template, `my-${id}`));
      if (world !== undefined) project.write(`worlds/${world}.yml`, textOf(`${world}.yml`));
    }
  });

  test("has nothing that a check finds", async () => {
    const { code, stdout } = await project.qmtl("check", "--json");
    expect({ code, findings: JSON.parse(stdout).findings }).toEqual({ code: 0, findings: [] });
  });

  test.each(TEMPLATES)("$label is judged by the sample world, trades, and no guard refuses it", async (template) => {
    const { id, world = "sp500-trend" } = template;
    const { result, stderr } = await project.submit(`strategies/my-${id}.ts`, "--world", world);
    expect(result.error, stderr).toBeNull();
    expect(result.strategy).toBe(`my-${id}`);
    expect(["active", "inactive", "rejected"]).toContain(result.status);
    expect(result.backtest?.trades).toBeGreaterThan(5);
    expect(result.guards?.findings.filter(({ severity }) => severity === "fail")).toEqual([]);
    expect(result.provenance?.unproven).toEqual([]);
  });
});

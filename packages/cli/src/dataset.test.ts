import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { DatasetManifest } from "./dataset/write-dataset.ts";
import { makeProject, strategyText, submitted } from "./project.test.kit.ts";

const sample = fileURLToPath(new URL("../../../fixtures/workspace/strategies/training-set.ts", import.meta.url));

describe("a dataset of a strategy file", () => {
  const project = makeProject({
    "strategies/training-set.ts": readFileSync(sample, "utf8"),
    "strategies/decides.ts": strategyText({ name: "decides" }),
  });
  const build = (out: string, ...more: readonly string[]) =>
    project.qmtl("dataset", "strategies/training-set.ts", "--world", "sp500-trend", "--out", out, "--json", ...more);

  test("is one table of features and labels, and a manifest that says what each column is", async () => {
    const { code, stdout, stderr } = await build("out/one");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const manifest = JSON.parse(project.read("out/one/manifest.json")) as DatasetManifest;
    expect(JSON.parse(stdout)).toEqual(manifest);
    expect(manifest).toMatchObject({
      format: "qmtl.dataset/1",
      dataset: "index-features",
      strategy: "training-set",
      params: { horizon: 5 },
      world: "sp500-trend",
      identity: "file",
      symbols: ["SPX"],
      unproven: [],
    });
    expect(manifest.columns.map(({ name, role, causal, bars }) => [name, role, causal, bars])).toEqual([
      ["strength", "feature", true, 0],
      ["week", "feature", true, 0],
      ["upper", "feature", true, 0],
      ["lower", "feature", true, 0],
      ["next", "label", false, 5],
      ["month", "label", false, 21],
      ["outcome", "label", false, 5],
    ]);
    const data = project.read("out/one/data.csv");
    expect(manifest.data.sha256).toBe(createHash("sha256").update(data).digest("hex"));
    const [header, ...lines] = data.trimEnd().split("\n");
    expect(header).toBe(
      "symbol,stamp,strength,week,upper,lower,next,next.known,month,month.known,outcome,outcome.known",
    );
    expect(lines.length).toBe(manifest.rows);
    const rows = lines.map((line) => line.split(","));
    expect(new Set(rows.map((row) => row[10]))).toEqual(new Set(["loss", "timeout", "profit", ""]));
    // The last 21 rows have no month after them, and every other one knows it later than its own bar.
    expect(rows.filter((row) => row[8] === "").length).toBe(21);
    expect(rows.every((row) => row[9] === "" || row[9]! > row[1]!)).toBe(true);

    const again = await build("out/two");
    expect(again.code).toBe(0);
    expect([project.read("out/two/data.csv"), project.read("out/two/manifest.json")]).toEqual([
      data,
      project.read("out/one/manifest.json"),
    ]);
    const other = await build("out/three", "--param", "horizon=2");
    expect(JSON.parse(other.stdout)).toMatchObject({ params: { horizon: 2 }, fingerprint: manifest.fingerprint });
  });

  test("leaves no trace in the world, and nothing in a folder that holds something else", async () => {
    const trials = (await project.journal()).length;
    project.write("full/notes.txt", "mine");
    const refused = submitted(await build("full"));
    expect([refused.code, refused.error.code]).toEqual([2, "dataset.not-empty"]);
    expect(existsSync(join(project.root, "full/data.csv"))).toBe(false);
    expect((await project.journal()).length).toBe(trials);
  });

  test("is what submit and dataset tell each other about", async () => {
    const submission = await project.submit("strategies/training-set.ts");
    expect(submission.error.code).toBe("runner.dataset-only");
    expect(submission.error.next).toContain("qmtl dataset");
    const decides = submitted(
      await project.qmtl("dataset", "strategies/decides.ts", "--world", "sp500-trend", "--out", "no", "--json"),
    );
    expect([decides.code, decides.error.code]).toEqual([2, "runner.no-dataset"]);
    expect(existsSync(join(project.root, "no"))).toBe(false);
  });
});

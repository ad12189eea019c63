import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createAnalysis } from "../engine/index.ts";
import { configMistakes } from "../project/index.ts";
import {
  applySafeFixes,
  githubReport,
  jsonReport,
  prettyReport,
  REPORT_SCHEMA,
  reportOf,
  sarifReport,
} from "./index.ts";

const TEXT = `import { fraction, ohlcv } from "@qmtl/core/schema";
import { node, strategy, stream, targetWeights, window } from "@qmtl/core/strategy";
export default strategy({
  name: "turn",
  mode: "live",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
    const turn = node({
      name: "turn",
      inputs: { recent: window(bars.clsoe, 5) },
      output: { weight: fraction },
      // qmtl-ignore C401 -- shown in a test
      compute: ({ recent }) => ({ weight: recent.at(1) > 0 ? 1 : 0 }),
    });
    return targetWeights(turn.weight);
  },
});
`;
const plain = (text: string): string => text;
const PAINT = { bold: plain, dim: plain, red: plain, yellow: plain, cyan: plain, green: plain };
const textOf =
  (text = TEXT) =>
  (): string =>
    text;

function report(text = TEXT) {
  const analysis = createAnalysis({ read: (path) => (path === "a.ts" ? text : undefined), list: () => ["a.ts"] });
  return reportOf(analysis.findings("a.ts") ?? [], { files: 1, textOf: textOf(text) });
}

describe("a report", () => {
  test("counts what is open, and keeps what is suppressed apart", () => {
    const { counts, findings, suppressed } = report(TEXT.replace("clsoe", "close"));
    expect(counts).toEqual({ error: 1, warning: 0, info: 0, hint: 0 });
    expect(findings.map(({ code }) => code)).toEqual(["D104"]);
    expect(suppressed.map(({ code }) => code)).toEqual(["C401"]);
  });

  test("knows findings again where their lines moved, and leaves known ones out", () => {
    const known = new Set(report().findings.map(({ fingerprint }) => fingerprint));
    const moved = report(`// Above.\n${TEXT}`);
    expect(moved.findings.map(({ fingerprint }) => fingerprint)).toEqual([...known]);
    const analysis = createAnalysis({ read: () => TEXT, list: () => ["a.ts"] });
    expect(reportOf(analysis.findings("a.ts") ?? [], { files: 1, textOf: textOf(), known }).findings).toEqual([]);
  });

  test("for people shows the text, underlined", () => {
    expect(prettyReport(report(), textOf(), PAINT)).toContain(
      [
        "error[D104] A strategy does not choose its mode: the world's effective mode is the sole authority (domain-self-selected)",
        " --> a.ts:5:3",
        "  |",
        '5 |   mode: "live",',
        "  |   ^^^^^^^^^^^^",
        "  = Remove it, and let the world decide.",
        "  = mended by --fix",
      ].join("\n"),
    );
  });

  test("as JSON fits its schema, which the documentation has too", () => {
    const json = JSON.parse(JSON.stringify(jsonReport(report())));
    expect(configMistakes(REPORT_SCHEMA, json)).toEqual([]);
    expect(configMistakes(REPORT_SCHEMA, { ...json, extra: 1 })).not.toEqual([]);
    const documented = readFileSync(new URL("../../../../docs/check-report.schema.json", import.meta.url), "utf8");
    expect(JSON.parse(documented)).toEqual(REPORT_SCHEMA);
  });

  test("as SARIF names its rules, regions and suppressions", () => {
    const [run] = sarifReport(report(TEXT.replace("clsoe", "close")), "1.0.0").runs;
    expect(run?.results).toMatchObject([
      {
        ruleId: "D104",
        level: "error",
        locations: [
          { physicalLocation: { artifactLocation: { uri: "a.ts" }, region: { startLine: 5, startColumn: 3 } } },
        ],
      },
      { ruleId: "C401", suppressions: [{ kind: "inSource", justification: "shown in a test" }] },
    ]);
    for (const result of run?.results ?? []) expect(run?.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
  });

  test("for GitHub is one command a finding", () => {
    expect(githubReport(report()).split("\n")[0]).toBe(
      "::error file=a.ts,line=5,endLine=5,col=3,endColumn=15,title=D104 domain-self-selected::A strategy does not choose its mode: the world's effective mode is the sole authority. Remove it, and let the world decide.",
    );
  });
});

describe("safe fixes", () => {
  test("mend what they are sure of, and once is enough", () => {
    const once = applySafeFixes(report().findings, textOf()).get("a.ts") ?? "";
    expect(once).toContain("bars.close");
    expect(once).not.toContain("mode:");
    expect(applySafeFixes(report(once).findings, textOf(once)).size).toBe(0);
  });
});

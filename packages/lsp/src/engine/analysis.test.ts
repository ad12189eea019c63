import { describe, expect, test } from "vitest";
import type { Rule } from "../rules/index.ts";
import { createAnalysis } from "./analysis.ts";

const GOOD = `import { fraction, ohlcv } from "@qmtl/core/schema";
import { node, strategy, stream, targetWeights, window } from "@qmtl/core/strategy";
import { BARS } from "./shared.ts";

export default strategy({
  name: "turn",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
    const turn = node({
      name: "turn",
      inputs: { recent: window(bars.close, BARS) },
      output: { weight: fraction },
      compute: ({ recent }) => ({ weight: recent.at(-1) > 0 ? 1 : 0 }),
    });
    return targetWeights(turn.weight);
  },
});
`;
const AHEAD = GOOD.replace("recent.at(-1)", "recent.at(1)");

function workspace(texts: Record<string, string>, rules?: readonly Rule[]) {
  const analysis = createAnalysis(
    { read: (path) => texts[path], list: () => Object.keys(texts) },
    rules === undefined ? {} : { rules },
  );
  return {
    analysis,
    codes: (path = "strategies/turn.ts") => analysis.findings(path)?.map(({ code }) => code),
    edit: (path: string, text: string | undefined) => {
      if (text === undefined) delete texts[path];
      else texts[path] = text;
      return analysis.changed([path]);
    },
  };
}

const SHARED = "export const BARS = 5;\n";
const files = (main = GOOD): Record<string, string> => ({
  "strategies/turn.ts": main,
  "strategies/shared.ts": SHARED,
  "notes.txt": "nothing",
});

describe("findings follow edits", () => {
  test("of the file itself, and of a file that it imports", () => {
    const { codes, edit, analysis } = workspace(files());
    expect(analysis.paths()).toEqual(["strategies/turn.ts"]);
    expect(codes()).toEqual([]);
    expect(edit("strategies/turn.ts", AHEAD)).toEqual(["strategies/turn.ts"]);
    expect(codes()).toEqual(["C401"]);
    edit("strategies/turn.ts", GOOD);
    expect(codes()).toEqual([]);
    expect(edit("strategies/shared.ts", "export const BARS = 0;\n")).toEqual([
      "strategies/shared.ts",
      "strategies/turn.ts",
    ]);
    expect(analysis.module("strategies/turn.ts")?.facts.strategies[0]?.nodes[1]).toMatchObject({
      inputs: { inputs: [{ read: { bars: { value: 0 } } }] },
    });
  });

  test("an import that led to nothing is found when its file comes", () => {
    const { edit, analysis } = workspace({ "strategies/turn.ts": GOOD });
    expect(analysis.module("strategies/turn.ts")?.facts.strategies[0]?.unread.length).toBeGreaterThan(0);
    expect(edit("strategies/shared.ts", SHARED)).toContain("strategies/turn.ts");
    expect(analysis.module("strategies/turn.ts")?.facts.strategies[0]?.unread).toEqual([]);
  });

  test("a file that stopped importing another is no longer its dependant, one that is gone neither", () => {
    const { codes, edit, analysis } = workspace(files());
    codes();
    expect(analysis.dependants("strategies/shared.ts")).toEqual(["strategies/turn.ts"]);
    edit("strategies/turn.ts", GOOD.replace('import { BARS } from "./shared.ts";', "const BARS = 5;"));
    codes();
    expect(analysis.dependants("strategies/shared.ts")).toEqual([]);
    expect(edit("strategies/shared.ts", "export const BARS = 0;\n")).toEqual(["strategies/shared.ts"]);
    edit("strategies/turn.ts", GOOD);
    codes();
    expect(analysis.dependants("strategies/shared.ts")).toEqual(["strategies/turn.ts"]);
    edit("strategies/turn.ts", undefined);
    expect(analysis.dependants("strategies/shared.ts")).toEqual([]);
  });

  test("a comment in an imported file moves places and rules stay asleep", () => {
    let runs = 0;
    const counting: Rule = {
      code: "T001",
      slug: "counting",
      title: "counts",
      severity: "hint",
      tier: 0,
      checkModule: () => {
        runs++;
      },
    };
    const { codes, edit, analysis } = workspace(files(), [counting]);
    codes();
    expect(runs).toBe(1);
    edit("strategies/shared.ts", `// One week.\n${SHARED}`);
    codes();
    expect(runs).toBe(1);
    const { facts } = analysis.module("strategies/turn.ts") ?? {};
    expect(facts?.spans.filter(({ file }) => file === "strategies/shared.ts").map(({ start }) => start.line)).toEqual(
      facts?.spans.filter(({ file }) => file === "strategies/shared.ts").map(() => 2),
    );
    edit("strategies/shared.ts", "export const BARS = 6;\n");
    codes();
    expect(runs).toBe(2);
  });

  test("a removed file has none", () => {
    const { codes, edit } = workspace(files(AHEAD));
    expect(codes()).toEqual(["C401"]);
    edit("strategies/turn.ts", undefined);
    expect(codes()).toEqual([]);
  });
});

describe("a file that does not parse", () => {
  test("says where, and keeps what was known of the rest", () => {
    const { codes, edit, analysis } = workspace(files(AHEAD));
    const [before] = analysis.findings("strategies/turn.ts") ?? [];
    edit("strategies/turn.ts", AHEAD.replace('name: "turn",\n  graph', 'name: "turn" §\n\n  graph'));
    expect(codes()).toContain("X904");
    const after = analysis.findings("strategies/turn.ts")?.find(({ code }) => code === "C401");
    expect(after?.place.start.line).toBe((before?.place.start.line ?? 0) + 1);
    expect(analysis.module("strategies/turn.ts")?.facts.strategies).toHaveLength(1);
    edit("strategies/turn.ts", AHEAD);
    expect(analysis.findings("strategies/turn.ts")).toEqual([before]);
  });

  test("is not judged when it never parsed", () => {
    const { codes } = workspace(files(AHEAD.replace("graph()", "graph(")));
    expect(new Set(codes())).toEqual(new Set(["X904"]));
  });
});

describe("a rule that throws", () => {
  test("is one finding, and the others speak", () => {
    const broken: Rule = {
      code: "T002",
      slug: "broken",
      title: "throws",
      severity: "error",
      tier: 1,
      checkStrategy: () => {
        throw new Error("out of luck");
      },
    };
    const spoken: Rule = {
      code: "T003",
      slug: "spoken",
      title: "speaks",
      severity: "info",
      tier: 1,
      checkStrategy: ({ strategy, placeOf, report }) => report({ at: placeOf(strategy.at), message: "Seen" }),
    };
    const { analysis } = workspace(files(), [broken, spoken]);
    expect(
      analysis.findings("strategies/turn.ts")?.map(({ code, severity, message }) => [code, severity, message]),
    ).toEqual([
      ["X901", "warning", "The rule T002 (broken) failed: out of luck"],
      ["T003", "info", "Seen"],
    ]);
  });
});

describe("suppression", () => {
  const ignoring = (comment: string): string => AHEAD.replace("      compute:", `      ${comment}\n      compute:`);

  test("with a reason marks the finding of the next line", () => {
    const { analysis } = workspace(files(ignoring("// qmtl-ignore C401 -- a test of hindsight")));
    expect(analysis.findings("strategies/turn.ts")).toMatchObject([
      { code: "C401", suppressed: { reason: "a test of hindsight" } },
    ]);
  });

  test("at the end of a line is for that line", () => {
    const text = AHEAD.replace("? 1 : 0 }),", "? 1 : 0 }), // qmtl-ignore C401 -- hindsight");
    expect(workspace(files(text)).analysis.findings("strategies/turn.ts")).toMatchObject([
      { suppressed: { reason: "hindsight" } },
    ]);
  });

  test("without a reason has no effect and is told so", () => {
    const { analysis, codes } = workspace(files(ignoring("// qmtl-ignore C401")));
    expect(codes()).toEqual(["X903", "C401"]);
    expect(analysis.findings("strategies/turn.ts")?.[1]).not.toHaveProperty("suppressed");
  });

  test("that suppresses nothing is told so, with its removal", () => {
    const { analysis } = workspace(files(ignoring("// qmtl-ignore C405 -- wrong code")));
    expect(analysis.findings("strategies/turn.ts")).toMatchObject([
      { code: "X902", fixes: [{ edits: [{ text: "" }] }] },
      { code: "C401" },
    ]);
  });

  test("in a text is none", () => {
    const { codes } = workspace(files(GOOD.replace('"turn",\n  graph', '"// qmtl-ignore C401",\n  graph')));
    expect(codes()).not.toContain("X903");
  });
});

describe("a check that was cancelled", () => {
  test("says nothing, and is taken up again", () => {
    const { analysis, codes } = workspace(files(AHEAD));
    expect(analysis.findings("strategies/turn.ts", { isCancelled: () => true })).toBeUndefined();
    expect(codes()).toEqual(["C401"]);
  });
});

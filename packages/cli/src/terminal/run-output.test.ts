import pc from "picocolors";
import { afterEach, expect, test, vi } from "vitest";
import { createRunOutput } from "./run-output.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test.each([
  [0, "no activation known yet"],
  [3, "activation 3"],
])("a gate says which activation it has seen (%s)", (activation, said) => {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  createRunOutput({ json: false, verbose: false, colors: pc.createColors(false) }).tell({
    kind: "gate",
    session: "s-1",
    domain: "backtest",
    mode: "compute-only",
    gate: "no-activation",
    sequence: 0,
    activation,
  });
  expect(write.mock.calls.map(([text]) => text).join("")).toMatch(new RegExp(`^gate shut \\(backtest, ${said}\\): `));
});

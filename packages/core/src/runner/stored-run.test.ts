import { expect, test } from "vitest";
import { declaredReturns } from "../backtest/returns.ts";
import { decodeRun, encodeRun, storeDeclared } from "./stored-run.ts";

const declared = storeDeclared(declaredReturns([0.01, -0.02]), 252);

test("a stored run is read as it was written", () => {
  expect(decodeRun(encodeRun(declared), "a".repeat(64))).toEqual(declared);
});

test.each([
  [2, "move the project's storage away"],
  [undefined, "move the project's storage away"],
  [4, "Update QMTL"],
])("format %j is refused by name, with what to do", (format, next) => {
  const bytes = new TextEncoder().encode(JSON.stringify({ ...declared, format }));
  expect(() => decodeRun(bytes, "abcdef0123456789aa")).toThrow(
    expect.objectContaining({
      code: "runner.unreadable-run",
      message: `The stored run of abcdef0123456789 has format ${format}, and this version reads 3`,
      next: expect.stringContaining(next),
    }),
  );
});

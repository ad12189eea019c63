import { expect, test } from "vitest";
import type { KnownNode } from "../engine/execution.ts";
import { decodeColumns, encodeColumns } from "./node-columns.ts";

const id = (letter: string): string => letter.repeat(64);
const nodes = (...ids: readonly string[]) =>
  ids.map((one, index) => ({ index, kind: "user", label: one, id: one }) as const);
const context = { world: "w", dataset: id("d") };

test("columns are read as they were written, by what computed them and not by where it stood", () => {
  const trend = {
    weight: [Float64Array.of(0.1, Number.NaN, -0), Float64Array.of()],
    up: [Uint8Array.of(1), Uint8Array.of(0, 1)],
  };
  const phase = { phase: [Int32Array.of(-3, 7)] };
  const written = new Map<number, KnownNode>([
    [0, trend],
    [2, phase],
  ]);
  const bytes = encodeColumns(written, nodes(id("a"), id("b"), id("c")), context);
  expect(decodeColumns(bytes, nodes(id("b"), id("c"), id("a")), context)).toEqual(
    new Map<number, unknown>([
      [2, trend],
      [1, phase],
    ]),
  );
  for (const other of [
    { ...context, world: "v" },
    { ...context, dataset: id("e") },
  ])
    expect(decodeColumns(bytes, nodes(id("a"), id("c")), other)).toEqual(new Map());
  expect(decodeColumns(bytes, nodes(id("x")), context)).toEqual(new Map());
});

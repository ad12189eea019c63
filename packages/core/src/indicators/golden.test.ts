import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ColumnArray } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { CrossKernel } from "../strategy/kernel.ts";
import { runWhole } from "./run-whole.ts";
import { indicatorSignatures, paramsOf } from "./signature.ts";

type Cells = readonly (number | string | null)[];

interface Input {
  readonly interval: Interval;
  readonly stamps: readonly number[];
  readonly [column: string]: Interval | Cells;
}

interface Vector {
  readonly indicator: string;
  readonly params: Readonly<Record<string, number>>;
  readonly input: string;
  readonly firstValid: number;
  /** Relative; `absolute` is added to it where figures are differences of larger ones. */
  readonly tolerance: number;
  readonly absolute?: number;
  readonly outputs: Readonly<Record<string, Cells>>;
}

interface Cross {
  readonly column: Cells;
  readonly rank: Cells;
  readonly zscore: Cells;
  readonly count: number;
  readonly top: Cells;
  readonly gross: number;
  readonly normalize: Cells;
  readonly demean: Cells;
  readonly share: number;
  readonly winsorize: Cells;
  readonly buckets: number;
  readonly bucket: Cells;
  readonly against: Cells;
  readonly neutralize: Cells;
}

const folder = new URL("../../../../fixtures/golden/indicators/", import.meta.url);
const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, folder), "utf8")) as T;
const inputs = read<Record<string, Input>>("inputs.json");
const talib = read<{ vectors: readonly Vector[] }>("talib.json");
const numpy = read<{ vectors: readonly Vector[]; crosses: readonly Cross[] }>("numpy.json");
const groups = ["averages", "bars", "oscillators", "statistics"].map(
  (name) => [`numpy, ${name}`, read<{ vectors: readonly Vector[] }>(`${name}.json`).vectors] as const,
);

function cells(values: Cells): Float64Array {
  return Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value)));
}

/** Which column of the input a kernel's input reads: that of its name, or the close and, as a second one, the open. */
function columnOf(input: Input, name: string): Float64Array {
  const column = name in input ? name : name === "b" || name === "market" ? "open" : "close";
  return cells(input[column] as Cells);
}

function compute({ indicator, params, input: name }: Vector): Readonly<Record<string, ColumnArray>> {
  const { of, input } = { of: indicatorSignatures[indicator]!, input: inputs[name]! };
  if (of.kernel.kind !== "kernel") throw new Error(`${indicator} runs across symbols`);
  const stamps = Float64Array.from(input.stamps);
  const kernel = of.kernel.of;
  const columns =
    indicator === "crossOver" || indicator === "crossUnder"
      ? [columnOf(input, "close"), compute({ indicator: "sma", params, input: name } as Vector)["value"]!]
      : kernel.inputs.map((column) => columnOf(input, column));
  return runWhole(kernel, paramsOf(of, params, input.interval), columns, stamps);
}

function expectClose(
  actual: ColumnArray,
  expected: Float64Array,
  tolerance: number,
  where: string,
  absolute = 0,
): void {
  for (let row = 0; row < expected.length; row++) {
    const a = actual[row]!;
    const e = expected[row]!;
    const same =
      Object.is(a, e) || a === e || Math.abs(a - e) <= absolute + tolerance * Math.max(Math.abs(a), Math.abs(e));
    if (!same) expect.fail(`${where} at row ${row}: ${a} instead of ${e}`);
  }
}

describe.each([["TA-Lib", talib.vectors], ["numpy", numpy.vectors], ...groups] as const)(
  "golden vectors of %s",
  (_source, vectors) => {
    test.each([...new Set(vectors.map(({ indicator }) => indicator))])("%s", (indicator) => {
      for (const vector of vectors.filter((one) => one.indicator === indicator)) {
        const where = `${indicator}(${JSON.stringify(vector.params)}) of ${vector.input}`;
        const { kernel } = indicatorSignatures[indicator]!;
        if (kernel.kind === "kernel") expect(kernel.of.firstValid(vector.params), where).toBe(vector.firstValid);
        const outputs = compute(vector);
        for (const [name, expected] of Object.entries(vector.outputs))
          expectClose(outputs[name]!, cells(expected), vector.tolerance, `${name} of ${where}`, vector.absolute);
      }
    });
  },
);

test("every indicator has golden vectors", () => {
  // What these do is said in one comparison, and their own tests say it again.
  const plain = ["above", "below", "when", "threshold", "hysteresis"];
  const across = ["rank", "zscore", "top", "normalize", "demean", "winsorize", "bucket", "neutralize"];
  const all = [talib.vectors, numpy.vectors, ...groups.map(([, vectors]) => vectors)].flat();
  const covered = [...all.map(({ indicator }) => indicator), ...plain, ...across.map((name) => `cross.${name}`)];
  expect([...new Set(covered)].sort()).toEqual(Object.keys(indicatorSignatures).sort());
});

test("golden vectors across symbols", () => {
  const across = (name: string, params: Record<string, number>, ...columns: readonly Cells[]): Float64Array => {
    const kernel = indicatorSignatures[`cross.${name}`]!.kernel.of as CrossKernel;
    const output = new Float64Array(columns[0]!.length);
    kernel.run(params, columns.map(cells), [output], output.length);
    return output;
  };
  for (const { column, rank, zscore, count, top, gross, normalize, ...more } of numpy.crosses) {
    const where = JSON.stringify(column);
    expectClose(across("rank", {}, column), cells(rank), 1e-14, `rank of ${where}`);
    expectClose(across("zscore", {}, column), cells(zscore), 1e-12, `zscore of ${where}`);
    expectClose(across("top", { count }, column), cells(top), 0, `top ${count} of ${where}`);
    expectClose(across("normalize", { gross }, column), cells(normalize), 1e-14, `normalize of ${where}`);
    expectClose(across("demean", {}, column), cells(more.demean), 1e-13, `demean of ${where}`, 1e-15);
    const cut = across("winsorize", { share: more.share }, column);
    expectClose(cut, cells(more.winsorize), 1e-13, `winsorize ${more.share} of ${where}`, 1e-15);
    const bucket = across("bucket", { count: more.buckets }, column);
    expectClose(bucket, cells(more.bucket), 0, `${more.buckets} buckets of ${where}`);
    const neutral = across("neutralize", {}, column, more.against);
    expectClose(neutral, cells(more.neutralize), 1e-12, `neutralize of ${where}`, 1e-12);
  }
});

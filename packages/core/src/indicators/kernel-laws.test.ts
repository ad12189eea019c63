import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ColumnArray } from "../schema/cell.ts";
import type { Kernel, KernelParams } from "../strategy/kernel.ts";
import type { IndicatorArgument, IndicatorSignature } from "./signature.ts";
import { indicatorSignatures, paramsOf } from "./signature.ts";
import { ascend } from "./window-rows.ts";

const MINUTE = 60_000;

interface Along {
  readonly name: string;
  readonly of: IndicatorSignature;
  readonly kernel: Kernel;
}

const along: readonly Along[] = Object.entries(indicatorSignatures).flatMap(([name, of]) =>
  of.kernel.kind === "kernel" ? [{ name, of, kernel: of.kernel.of }] : [],
);

interface Case {
  readonly params: KernelParams;
  readonly stamps: Float64Array;
  readonly inputs: readonly Float64Array[];
}

const finite = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: 50, max: 150, noNaN: true }) },
  { weight: 3, arbitrary: fc.integer({ min: -3, max: 3 }).map((steps) => 100 + steps / 4) },
  { weight: 1, arbitrary: fc.constant(100) },
);
const wild = fc.oneof(
  { weight: 12, arbitrary: finite },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, -0, 1e-300) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, min: -1e9, max: 1e9 }) },
);

/** Regular minutes, minutes with holes, or stamps closer than the interval, which overfill the blocks. */
const gaps = fc.oneof(
  fc.constant([1]),
  fc.array(fc.constantFrom(1, 1, 1, 2, 7, 90), { minLength: 1, maxLength: 9 }),
  fc.array(fc.constantFrom(0.1, 0.3, 1, 1.5), { minLength: 1, maxLength: 9 }),
);

/** Levels that have to ascend are drawn as steps, and take their time to be reached. */
function numberOf({ least, most, above }: Extract<IndicatorArgument, { kind: "number" }>): fc.Arbitrary<number> {
  return fc.double({ min: Math.max(0.01, least ?? 0, above ?? 0), max: most ?? 3, noNaN: true });
}

function paramsArbitrary(of: IndicatorSignature): fc.Arbitrary<KernelParams> {
  const drawn: Record<string, fc.Arbitrary<number>> = {};
  for (const argument of of.arguments) {
    if (argument.kind === "period") drawn[argument.name] = fc.integer({ min: argument.least, max: 12 });
    if (argument.kind === "lag") drawn[argument.name] = fc.integer({ min: 0, max: 12 });
    if (argument.kind === "number")
      drawn[argument.name] = argument.name === "since" ? fc.constant(4e5) : numberOf(argument);
  }
  return fc.record(drawn).map((values) => {
    let level = 98;
    for (const argument of of.arguments)
      if (argument.kind === "number" && (argument.notBelow !== undefined || argument.name.startsWith("short")))
        level = values[argument.name] = level + values[argument.name]!;
    return paramsOf(of, values, "1m");
  });
}

function caseOf({ of, kernel }: Along, value: fc.Arbitrary<number>, rows: number): fc.Arbitrary<Case> {
  const params = paramsArbitrary(of);
  return fc
    .record({
      params,
      steps: gaps,
      start: fc.integer({ min: -50, max: 50 }),
      columns: fc.tuple(...kernel.inputs.map(() => fc.array(value, { minLength: rows, maxLength: rows }))),
    })
    .map(({ params, steps, start, columns }) => {
      const stamps = new Float64Array(rows);
      let at = start * MINUTE;
      for (let row = 0; row < rows; row++) {
        at += steps[row % steps.length]! * MINUTE;
        stamps[row] = at;
      }
      return { params, stamps, inputs: columns.map((column) => Float64Array.from(column)) };
    });
}

/** Runs `kernel` over the pieces that `cuts` make. Rows outside of the piece hold other values while it runs. */
function pieces(kernel: Kernel, { params, stamps, inputs }: Case, cuts: readonly number[]): ColumnArray[] {
  const outputs = kernel.outputs.map(() => new Float64Array(stamps.length).fill(-7));
  const state = kernel.create(params, []);
  const borders = [
    0,
    ...[...new Set(cuts)].filter((cut) => cut > 0 && cut < stamps.length).sort((a, b) => a - b),
    stamps.length,
  ];
  for (let piece = 1; piece < borders.length; piece++) {
    const from = borders[piece - 1]!;
    const to = borders[piece]!;
    const shown = inputs.map((input) => {
      const only = new Float64Array(input.length).fill(12345);
      only.set(input.subarray(from, to), from);
      return only;
    });
    const before = outputs.map((output) => output.slice());
    kernel.run(state, shown, outputs, from, to, stamps);
    for (const [at, output] of outputs.entries())
      for (let row = 0; row < stamps.length; row++)
        if ((row < from || row >= to) && !Object.is(output[row], before[at]![row]))
          expect.fail(`wrote row ${row} of [${from}, ${to})`);
  }
  return outputs;
}

/** Runs `kernel` over the rows before `from` at once, and over the others one by one, by their values. */
function numbers(
  kernel: Kernel,
  { params, stamps, inputs }: Case,
  from: number,
  grids: readonly number[],
): Float64Array {
  const output = new Float64Array(stamps.length);
  const state = kernel.create(params, grids);
  kernel.run(state, inputs, [output], 0, from, stamps);
  for (let row = from; row < stamps.length; row++)
    output[row] = kernel.next!(state, stamps[row]!, ...inputs.map((input) => input[row]!));
  return output;
}

function expectSameBits(a: readonly ColumnArray[], b: readonly ColumnArray[], shift = 0, from = 0): void {
  for (const [at, column] of a.entries())
    for (let row = from; row < column.length; row++)
      if (!Object.is(column[row], b[at]![row + shift]))
        expect.fail(`output ${at}, row ${row}: ${column[row]} and ${b[at]![row + shift]}`);
}

const ROWS = 60;

/** Bars that never rest, as long as it takes: settling may take thousands, which is no size for generated arrays. */
function walkOf(kernel: Kernel, params: KernelParams, rows: number, seed: number): Case {
  let state = seed >>> 0;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return {
    params,
    stamps: Float64Array.from({ length: rows }, (_, row) => row * MINUTE),
    // Highs above lows: a bar turned over has ranges around 0, and what divides by them no digits.
    inputs: kernel.inputs.map((name) => {
      const floor = name === "high" ? 160 : 50;
      return Float64Array.from({ length: rows }, () => floor + 100 * random());
    }),
  };
}

/** Five bars, and numbers in the middle of what is allowed. */
function usualParams(of: IndicatorSignature): KernelParams {
  const values = of.arguments.flatMap((argument): [string, number][] => {
    if (argument.kind === "period" || argument.kind === "lag") return [[argument.name, 5]];
    return argument.kind === "number" ? [[argument.name, ((argument.least ?? 0) + (argument.most ?? 1)) / 2]] : [];
  });
  return paramsOf(of, Object.fromEntries(values), "1m");
}

describe.each(along)("$name", (one) => {
  const { kernel } = one;
  const firstValid = (params: KernelParams) => kernel.firstValid(params);

  test("gives the same bits however its rows are cut", () => {
    fc.assert(
      fc.property(caseOf(one, wild, ROWS), fc.array(fc.integer({ min: 1, max: ROWS - 1 })), (data, cuts) => {
        const whole = pieces(kernel, data, []);
        expectSameBits(pieces(kernel, data, cuts), whole);
        expectSameBits(
          pieces(
            kernel,
            data,
            Array.from({ length: ROWS }, (_, row) => row),
          ),
          whole,
        );
      }),
      { numRuns: 60 },
    );
  });

  if (kernel.next !== undefined)
    test("gives the same bits number by number, wherever that begins, on a grid and off it", () => {
      fc.assert(
        fc.property(
          caseOf(one, wild, ROWS),
          fc.integer({ min: 0, max: ROWS }),
          fc.constantFrom([], [0.25], [1e-7]),
          (data, from, grids) => {
            const output = new Float64Array(ROWS);
            kernel.run(kernel.create(data.params, grids), data.inputs, [output], 0, ROWS, data.stamps);
            expectSameBits([numbers(kernel, data, from, grids)], [output]);
          },
        ),
        { numRuns: 120 },
      );
    });

  test("says nothing before its first valid row", () => {
    fc.assert(
      fc.property(caseOf(one, finite, ROWS), (data) => {
        for (const output of pieces(kernel, data, []))
          for (let row = 0; row < firstValid(data.params); row++) expect(output[row]! || 0).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  // Whether memory is finite is a matter of the kernel, but one bar of an average remembers nothing: ask with more.
  const params = usualParams(one.of);
  const finiteMemory = kernel.settle(params) === kernel.firstValid(params);
  if (finiteMemory)
    test("gives the same bits from its first valid row on, wherever the data begins", () => {
      fc.assert(
        fc.property(caseOf(one, wild, ROWS), fc.integer({ min: 1, max: ROWS - 1 }), (data, start) => {
          expect(kernel.settle(data.params)).toBe(firstValid(data.params));
          const whole = pieces(kernel, data, []);
          const later = {
            ...data,
            stamps: data.stamps.slice(start),
            inputs: data.inputs.map((input) => input.slice(start)),
          };
          expectSameBits(pieces(kernel, later, []), whole, start, firstValid(data.params));
        }),
        { numRuns: 120 },
      );
    });
  else if (Number.isFinite(kernel.settle(params)))
    test("forgets where the data began, to 1e-12, after settle", () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 10 }), paramsArbitrary(one.of), fc.nat(), (start, params, seed) => {
          const settle = kernel.settle(params);
          const data = walkOf(kernel, params, settle + 80, seed);
          const whole = pieces(kernel, data, []);
          const later = {
            ...data,
            stamps: data.stamps.slice(start),
            inputs: data.inputs.map((input) => input.slice(start)),
          };
          const settled = pieces(kernel, later, []);
          for (const [at, output] of settled.entries()) {
            // A difference of averages has the error of the averages, not one that shrinks with it.
            const scale = Math.max(...[...whole[at]!].filter(Number.isFinite).map(Math.abs));
            for (let row = settle; row < output.length; row++) {
              const other = whole[at]![row + start]!;
              if (!(Math.abs(output[row]! - other) <= 1e-12 * scale))
                expect.fail(`row ${row}: ${output[row]} and ${other}`);
            }
          }
        }),
        { numRuns: 25 },
      );
    });
});

const windowed = [
  ...["sma", "stddev", "zscore", "highest", "lowest", "bollinger", "vwap", "wma", "trima", "alma", "regression"],
  ...["sum", "variance", "median", "mad", "meanDeviation", "skewness", "kurtosis", "quantile", "percentRank"],
  ...["barsSinceHighest", "barsSinceLowest", "covariance", "correlation", "beta", "cci", "parkinson"],
];
/** Which have no answer where all values are equal. */
const undecided = ["zscore", "skewness", "kurtosis", "correlation", "beta", "regression"];

test.each(windowed)("%s sees a NaN in exactly the windows that hold it", (name) => {
  const one = along.find((other) => other.name === name)!;
  const value = fc.oneof(
    { weight: 9, arbitrary: fc.double({ min: 50, max: 150, noNaN: true }) },
    { weight: 1, arbitrary: fc.constant(Number.NaN) },
  );
  fc.assert(
    fc.property(caseOf(one, value, ROWS), (data) => {
      const bars = data.params["bars"] as number;
      const outputs = pieces(one.kernel, data, []);
      for (let row = bars - 1; row < ROWS; row++) {
        const missing = data.inputs.some((input) => input.subarray(row - bars + 1, row + 1).some(Number.isNaN));
        const flat = data.inputs.some((input) =>
          input.subarray(row - bars + 1, row + 1).every((x, _, all) => x === all[0]),
        );
        for (const output of outputs)
          if (!flat || missing || !undecided.includes(name)) expect(Number.isNaN(output[row])).toBe(missing);
      }
    }),
    { numRuns: 60 },
  );
});

test("a window of equal values has exactly no deviation", () => {
  fc.assert(
    fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), fc.integer({ min: 2, max: 30 }), (x, bars) => {
      const one = along.find(({ name }) => name === "stddev")!;
      const stamps = Float64Array.from({ length: 80 }, (_, row) => row * MINUTE);
      const inputs = [new Float64Array(80).fill(x)];
      const [output] = pieces(one.kernel, { params: { bars, interval: "1m" }, stamps, inputs }, []);
      expect(output!.slice(bars - 1).every((value) => value === 0)).toBe(true);
    }),
  );
});

test("the middle of the bands is the simple moving average, bit for bit", () => {
  const [bands, average] = ["bollinger", "sma"].map((name) => along.find((other) => other.name === name)!);
  fc.assert(
    fc.property(caseOf(bands!, wild, ROWS), (data) => {
      const [mid] = pieces(bands!.kernel, data, []);
      expectSameBits([mid!], pieces(average!.kernel, data, []));
    }),
  );
});

const endless = along.filter(({ of, kernel }) => {
  const params = usualParams(of);
  return kernel.settle(params) !== kernel.firstValid(params);
});
// Its position among the last bars counts all of them, the missing ones too.
const windowedAfterwards = ["stochRsi"];

test.each(endless.filter(({ name }) => !windowedAfterwards.includes(name)))(
  "$name steps over bars that are no number and goes on",
  ({ of, kernel }) => {
    const hole = fc.constantFrom(Number.NaN, Infinity, -Infinity);
    const holes = fc.array(fc.record({ at: fc.integer({ min: 0, max: 99 }), value: hole }), { maxLength: 20 });
    fc.assert(
      fc.property(paramsArbitrary(of), fc.nat(), holes, (params, seed, missing) => {
        const whole = walkOf(kernel, params, 100, seed);
        const rows = Array.from({ length: 100 }, (_, row) => row).flatMap((row) => [
          ...missing.filter(({ at }) => at === row).map(({ value }) => value),
          row,
        ]);
        // A row's number stands for its bar; what is no number there has none. 0 is a number, and a bar.
        const isBar = missing.length === 0 ? () => true : (at: number) => Number.isInteger(rows[at]);
        const data = {
          params,
          stamps: Float64Array.from(rows, (_, at) => (at + 1e4) * MINUTE),
          inputs: whole.inputs.map((input) => Float64Array.from(rows, (row, at) => (isBar(at) ? input[row]! : row))),
        };
        const late = { ...whole, stamps: whole.stamps.map((stamp) => stamp + 1e4 * MINUTE) };
        const expected = pieces(kernel, late, []);
        const seen = pieces(kernel, data, []).map((output) => output.filter((_, at) => isBar(at)));
        expectSameBits(seen, expected);
      }),
      { numRuns: 30 },
    );
  },
);

test("short and long windows ascend alike, with what is no number last", () => {
  const value = fc.oneof(fc.double(), fc.constant(Number.NaN), fc.integer({ min: -3, max: 3 }));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 90 }), (values) => {
      // Both zeros are the same number here, and the built-in sort keeps them apart.
      const plain = Float64Array.from(values, (x) => x + 0);
      expect([...ascend(plain.slice())]).toEqual([...plain.slice().sort()]);
    }),
  );
});

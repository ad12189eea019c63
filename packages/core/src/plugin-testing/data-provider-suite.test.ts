import { describe, expect, test } from "vitest";
import type { ColumnBatch, DataProvider, SeriesKey } from "../plugin/contract/data-provider.ts";
import { definePlugin, emptyConfig, type Plugin } from "../plugin/contract/plugin.ts";
import { QmtlError } from "../schema/error.ts";
import { ohlcv } from "../schema/schema.ts";
import { dataProviderSuite } from "./data-provider-suite.ts";
import { failingCases } from "./failing-cases.test.kit.ts";

const DAY = 86_400_000;
/** Ten days, a hole of three, ten days. */
const ROWS = [
  ...Array.from({ length: 10 }, (_, i) => i * DAY),
  ...Array.from({ length: 10 }, (_, i) => (13 + i) * DAY),
];
const series: SeriesKey = { preset: "daily", symbol: "A", interval: "1d" };

function batchOf(times: readonly number[], price = 1): ColumnBatch {
  const column = Float64Array.from(times, (at) => price + at / DAY);
  return {
    time: Float64Array.from(times),
    columns: { open: column, high: column, low: column, close: column, volume: column },
  };
}

function known({ preset, symbol, interval }: SeriesKey): void {
  if (preset === "daily" && symbol === "A" && interval === "1d") return;
  throw new QmtlError({
    code: "data.unknown-series",
    message: `There is no ${preset} ${symbol} ${interval}`,
    next: "Use daily A 1d.",
  });
}

const sound: DataProvider = {
  supports: { live: false, pointInTime: false },
  presets: () => [
    {
      name: "daily",
      description: "Test",
      schema: ohlcv,
      intervals: ["1d"],
      symbols: ["A"],
      stamp: "end",
      calendar: "24x7",
    },
  ],
  coverage: async (key) => {
    known(key);
    return [
      { from: 0, to: 9 * DAY + 1 },
      { from: 13 * DAY, to: 22 * DAY + 1 },
    ];
  },
  read: async function* ({ range, asOf, ...key }, { signal }) {
    known(key);
    const rows = ROWS.filter((at) => at >= range.from && at < range.to && at <= asOf);
    for (let i = 0; i < rows.length; i += 4) {
      signal.throwIfAborted();
      yield batchOf(rows.slice(i, i + 4));
    }
  },
  revision: async (key) => {
    known(key);
    return "v1";
  },
};

/** The sound read, with its rows changed. */
const rows = (change: (rows: readonly number[], to: number) => readonly number[]): Partial<DataProvider> => ({
  read: async function* ({ range, asOf, ...key }, { signal }) {
    known(key);
    const chosen = change(
      ROWS.filter((at) => at >= range.from && at < range.to && at <= asOf),
      range.to,
    );
    for (let i = 0; i < chosen.length; i += 4) {
      signal.throwIfAborted();
      yield batchOf(chosen.slice(i, i + 4));
    }
  },
});

/** A market that goes on: what `grow` adds comes in. */
function livelyMarket(): { readonly provider: Partial<DataProvider>; readonly grow: () => void } {
  const times = [...ROWS];
  let came = (): void => {};
  const follow: DataProvider["follow"] = async function* ({ after }, { signal }) {
    let given = after;
    for (;;) {
      signal.throwIfAborted();
      const fresh = times.filter((at) => at > given);
      const more = new Promise<void>((resolve, reject) => {
        came = resolve;
        signal.addEventListener("abort", () => reject(signal.reason));
      });
      if (fresh.length > 0) {
        given = fresh.at(-1)!;
        more.catch(() => undefined);
        yield batchOf(fresh);
      } else await more;
    }
  };
  return {
    provider: {
      supports: { live: true, pointInTime: false },
      presets: () => sound.presets().map((one) => ({ ...one, live: true })),
      follow,
    },
    grow: () => {
      times.push(times.at(-1)! + DAY);
      came();
    },
  };
}

/** The lively market, followed in another way. */
function followed(follow: (sound: NonNullable<DataProvider["follow"]>) => DataProvider["follow"]) {
  const { provider, grow } = livelyMarket();
  return failing({ ...provider, follow: follow(provider.follow!) } as Partial<DataProvider>, grow);
}

function failing(over: Partial<DataProvider>, grow?: () => void): Promise<readonly string[]> {
  const plugin = definePlugin({
    kind: "data-provider",
    name: "@acme/feed",
    version: "1.0.0",
    api: 1,
    use: "acme",
    description: "For tests",
    config: emptyConfig,
    setup: async () => ({ ...sound, ...over }),
  }) as unknown as Plugin<"data-provider", unknown>;
  return failingCases((runner) =>
    dataProviderSuite(runner, { plugin, config: {}, root: ".", series: [series], ...(grow !== undefined && { grow }) }),
  );
}

describe("the suite for data providers", () => {
  test("passes a sound one", async () => {
    expect(await failing({})).toEqual([]);
    const { provider, grow } = livelyMarket();
    expect(await failing(provider, grow)).toEqual([]);
  });

  test.each<[defect: string, number: string, Parameters<typeof followed>[0]]>([
    ["gives what was asked to be left out", "DP-17", (sound) => (query, o) => sound({ ...query, after: -1 }, o)],
    [
      "leaves out what is there already",
      "DP-17",
      (sound) => (query, o) => sound({ ...query, after: Math.max(query.after, 20 * DAY) }, o),
    ],
    ["ends with what is there", "DP-19", () => async function* () {}],
    ["does not hear an abort", "DP-18", (sound) => (query) => sound(query, { signal: new AbortController().signal })],
    [
      "gives a row again",
      "DP-19",
      (sound) =>
        async function* (query, options) {
          for await (const { time } of sound(query, options))
            yield batchOf(time.length === 1 ? [time[0]!, time[0]!] : [...time]);
        },
    ],
  ])("catches a live one that %s: %s", async (_defect, number, follow) => {
    expect(await followed(follow)).toContain(number);
  });

  let reads = 0;
  let revisions = 0;
  let position = 0;
  const shared = batchOf([0, 0, 0, 0]);
  const defects: readonly (readonly [string, string, Partial<DataProvider>])[] = [
    [
      "names the presets otherwise each time",
      "DP-01",
      { presets: () => sound.presets().map((one) => ({ ...one, name: `daily${reads++}` })) },
    ],
    [
      "covers ranges that overlap",
      "DP-02",
      {
        coverage: async () => [
          { from: 0, to: 9 * DAY },
          { from: 8 * DAY, to: 23 * DAY },
        ],
      },
    ],
    [
      "leaves a column out",
      "DP-03",
      {
        read: async function* () {
          yield { time: new Float64Array(0), columns: {} };
        },
      },
    ],
    ["includes the end of the range", "DP-05", rows((chosen, to) => (ROWS.includes(to) ? [...chosen, to] : chosen))],
    ["excludes the start of the range", "DP-05", rows((chosen) => chosen.slice(1))],
    [
      "repeats the last row of a batch in the next",
      "DP-04",
      rows((chosen) => chosen.flatMap((at, i) => (i % 4 === 3 ? [at, at] : [at]))),
    ],
    ["descends", "DP-04", rows((chosen) => [...chosen].reverse())],
    [
      "rounds an empty range up",
      "DP-06",
      {
        read: (query, options) => sound.read({ ...query, range: { ...query.range, to: query.range.to + 1 } }, options),
      },
    ],
    [
      "covers its hole",
      "DP-07",
      {
        coverage: async (key) => {
          known(key);
          return [
            { from: 0, to: 11 * DAY },
            { from: 11 * DAY, to: 12 * DAY },
            { from: 12 * DAY, to: 22 * DAY + 1 },
          ];
        },
      },
    ],
    [
      "covers less than it reads",
      "DP-07",
      {
        coverage: async (key) => {
          known(key);
          return [{ from: 0, to: 9 * DAY + 1 }];
        },
      },
    ],
    [
      "makes up new prices each time",
      "DP-08",
      {
        read: async function* (query, { signal }) {
          known(query);
          for await (const { time } of sound.read(query, { signal })) yield batchOf([...time], reads++);
        },
      },
    ],
    ["knows the future", "DP-09", { read: (query, options) => sound.read({ ...query, asOf: 1e15 }, options) }],
    [
      "has another revision each time",
      "DP-10",
      {
        revision: async (key) => {
          known(key);
          return String(revisions++);
        },
      },
    ],
    [
      "does not hear an abort",
      "DP-11",
      { read: (query) => sound.read(query, { signal: new AbortController().signal }) },
    ],
    [
      "can't be read again after it was left",
      "DP-12",
      (() => {
        let busy = false;
        return {
          read: async function* (query, options) {
            if (busy) throw new Error("still reading");
            busy = true;
            for await (const batch of sound.read(query, options)) yield batch;
            busy = false;
          },
        } satisfies Partial<DataProvider>;
      })(),
    ],
    [
      "uses one buffer for all batches",
      "DP-13",
      {
        read: async function* (query, options) {
          for await (const { time } of sound.read(query, options)) {
            shared.time.set(time);
            yield time.length === 4 ? shared : batchOf([...time]);
          }
        },
      },
    ],
    [
      "keeps one position for all reads",
      "DP-14",
      {
        read: async function* (query, options) {
          known(query);
          position = 0;
          const batches: ColumnBatch[] = [];
          for await (const batch of sound.read(query, options)) batches.push(batch);
          for (; position < batches.length; position++) {
            const batch = batches[position];
            await Promise.resolve();
            if (batch !== undefined) yield batch;
          }
        },
      },
    ],
    [
      "finds nothing where it should refuse",
      "DP-15",
      {
        read: async function* (query, options) {
          if (query.symbol === "A") yield* sound.read(query, options);
        },
      },
    ],
    ["follows and does not say so", "DP-16", { follow: sound.read as never }],
    ["says that it follows and does not", "DP-16", { supports: { live: true, pointInTime: false } }],
  ];
  test.each(defects)("catches one that %s: %s", async (_defect, number, over) => {
    expect(await failing(over)).toContain(number);
  });
});

import { describe, expect, test } from "vitest";
import { bool, fraction, price } from "../schema/cell.ts";
import { bookTop, ohlcv, schema } from "../schema/schema.ts";
import {
  aggregate,
  dataset,
  forwardReturn,
  node,
  orders,
  pick,
  resample,
  strategy,
  stream,
  targetWeights,
} from "../strategy/index.ts";
import { buildGraph, type Strategy } from "../strategy/strategy.ts";
import { choosePriceStream } from "./price-stream.ts";

/** Tags, schema and interval of the stream that fills the orders. */
function chosen(of: Strategy): string {
  const graph = buildGraph(of, {});
  const found = graph.nodes[choosePriceStream(graph)];
  if (found?.kind !== "stream") throw new Error("not a stream");
  return `${found.tags.join()} ${found.schema.id} ${found.interval}`;
}

const refusal = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return JSON.parse(JSON.stringify(error));
  }
  throw new Error("nothing was refused");
};

const sentiment = schema("test.sentiment@1", { score: fraction });

describe("the stream whose prices fill orders", () => {
  test("the finest that has prices and carries the symbols", () => {
    expect(
      chosen(
        strategy({
          name: "resampled",
          graph() {
            const fine = stream({ schema: ohlcv, tags: ["stocks"], interval: "1h" });
            const daily = stream({ schema: ohlcv, tags: ["stocks"], interval: "1d" });
            const mood = stream({ schema: sentiment, tags: ["stocks"], interval: "1m" });
            const calm = resample(mood, "1d");
            const up = resample(fine, "1d");
            const target = node({
              name: "target",
              inputs: { close: daily.close, up: up.close, score: calm.score },
              output: { weight: fraction },
              compute: ({ close, up, score }) => ({ weight: close > up ? score : 0 }),
            });
            return targetWeights(target.weight);
          },
        }),
      ),
    ).toBe("stocks ohlcv@1 1h");
  });

  test("not a finer one that only colours the whole market", () => {
    expect(
      chosen(
        strategy({
          name: "breadth",
          graph() {
            const index = stream({ schema: ohlcv, tags: ["index"], interval: "1h" });
            const stocks = stream({ schema: ohlcv, tags: ["stocks"], interval: "1d" });
            const regime = pick(resample(index, "1d"), "SPX");
            const target = node({
              name: "target",
              inputs: { close: stocks.close, level: regime.close },
              output: { weight: fraction },
              compute: ({ close, level }) => ({ weight: close > level ? 1 : 0 }),
            });
            return targetWeights(target.weight);
          },
        }),
      ),
    ).toBe("stocks ohlcv@1 1d");
  });

  test("for symbols by name, the stream that they are picked from", () => {
    expect(
      chosen(
        strategy({
          name: "pair",
          graph() {
            const index = stream({ schema: ohlcv, tags: ["index"], interval: "1d" });
            const stocks = stream({ schema: ohlcv, tags: ["stocks"], interval: "1d" });
            const ko = pick(stocks, "KO");
            const spx = pick(index, "SPX");
            const pair = node({
              name: "pair",
              inputs: { spx: spx.close, ko: ko.close },
              output: { ko: fraction },
              compute: ({ ko, spx }) => ({ ko: ko > spx ? 1 : 0 }),
            });
            return targetWeights({ KO: pair.ko });
          },
        }),
      ),
    ).toBe("stocks ohlcv@1 1d");
  });

  test("a book, for orders as well; of equals the one reached first", () => {
    expect(
      chosen(
        strategy({
          name: "quotes",
          graph() {
            const bars = stream({ schema: ohlcv, tags: ["perp"], interval: "1s" });
            const book = stream({ schema: bookTop, tags: ["perp"], interval: "1s" });
            const signal = node({
              name: "signal",
              inputs: { bid: book.bid, close: bars.close },
              output: { enter: bool, stop: price },
              compute: ({ bid, close }) => ({ enter: bid > close, stop: bid }),
            });
            return orders({ long: { enter: signal.enter, stop: signal.stop, size: 0.1 } });
          },
        }),
      ),
    ).toBe("perp book-top@1 1s");
  });

  test("any stream of the graph where none carries the symbols", () => {
    expect(
      chosen(
        strategy({
          name: "all-together",
          graph() {
            const stocks = stream({ schema: ohlcv, tags: ["stocks"], interval: "1d" });
            const mean = aggregate({
              name: "mean",
              inputs: { close: stocks.close },
              output: { weight: fraction },
              compute: () => ({ weight: 1 }),
            });
            return targetWeights({ KO: mean.weight });
          },
        }),
      ),
    ).toBe("stocks ohlcv@1 1d");
  });
});

describe("what is refused", () => {
  test("a decision without a price, naming the schemas", () => {
    const graph = buildGraph(
      strategy({
        name: "no-price",
        graph() {
          return targetWeights(stream({ schema: sentiment, tags: ["stocks"], interval: "1d" }).score);
        },
      }),
      {},
    );
    const { code, message } = refusal(() => choosePriceStream(graph));
    expect(code).toBe("backtest.no-prices");
    expect(message).toContain("test.sentiment@1");
  });

  test("a dataset", () => {
    const graph = buildGraph(
      strategy({
        name: "features",
        graph() {
          const bars = stream({ schema: ohlcv, tags: ["stocks"], interval: "1d" });
          return dataset({
            name: "d",
            features: { close: bars.close },
            labels: { ahead: forwardReturn(bars.close, 5) },
          });
        },
      }),
      {},
    );
    expect(refusal(() => choosePriceStream(graph)).code).toBe("backtest.no-decision");
  });
});

import fc from "fast-check";

export interface GeneratedStrategy {
  readonly text: string;
  readonly params: Readonly<Record<string, number>>;
}

/** Strategies as text: a random graph written in one of the many ways in which people write them. */
export function strategyText(): fc.Arbitrary<GeneratedStrategy> {
  return fc
    .record({
      draws: fc.array(fc.nat({ max: 1_000_000 }), { minLength: 60, maxLength: 60 }),
      nodes: fc.integer({ min: 1, max: 14 }),
      a: fc.integer({ min: 2, max: 50 }),
      b: fc.integer({ min: 2, max: 50 }),
    })
    .map(({ draws, nodes, a, b }) => ({ text: write(draws, nodes), params: { a, b } }));
}

const HEADS = [
  "graph({ params }) {\n    const { b } = params;",
  "graph: ({ params, params: { b } }) => {",
  "graph: function (context) {\n    const { params } = context;\n    const b = context.params.b;",
];

interface Written {
  readonly name: string;
  readonly isBool: boolean;
  readonly isPrice: boolean;
}

function write(draws: readonly number[], count: number): string {
  let drawn = 0;
  const pick = (of: number): number => (draws[drawn++ % draws.length] as number) % of;
  const one = <T>(of: readonly T[]): T => of[pick(of.length)] as T;
  const period = (): string =>
    one(["params.a", "b", "7", "LONG", "SPANS[1]", "CONFIG.span", "params.a + 1", "b * 2", "Math.max(b, 3)"]);
  const interval = one(["1h", "1d", "5m"]);
  const lines = [
    `const bars = stream({ schema: ohlcv, tags: ${one(['["x"]', "TAGS", "CONFIG.tags", '["b", "a", "b"]'])}, interval: "${interval}" });`,
  ];
  const columns: Written[] = ["close", "open", "high"].map((column) => ({
    name: one([`bars.${column}`, `bars["${column}"]`]),
    isBool: false,
    isPrice: true,
  }));
  const prices = () => columns.filter((column) => column.isPrice);
  const numbers = () => columns.filter((column) => !column.isBool);
  for (let i = 0; i < count; i++) {
    const name = `n${i}`;
    const declare = (value: string, rest: Partial<Written> = {}): void => {
      lines.push(`const ${name} = ${value};`);
      columns.push({ name, isBool: false, isPrice: false, ...rest });
    };
    switch (pick(9)) {
      case 0:
        declare(`${one(["sma", "ema", "highest", "lowest"])}(${one(prices()).name}, ${period()})`, { isPrice: true });
        break;
      case 1:
        declare(`indicators.${one(["rsi", "returns", "zscore"])}(${one(numbers()).name}, ${period()})`);
        break;
      case 2:
        declare(`crossOver(${one(prices()).name}, ${one(prices()).name})`, { isBool: true });
        break;
      case 3: {
        lines.push(`const ${name}s = bollinger(${one(prices()).name}, ${period()}, 2);`);
        lines.push(`const { upper: ${name}, lower: ${name}l } = ${name}s;`);
        columns.push({ name, isBool: false, isPrice: true }, { name: `${name}s.mid`, isBool: false, isPrice: true });
        break;
      }
      case 4: {
        const inputs = [
          `x: ${one(columns).name}`,
          one([
            `bars`,
            `k: ${period()}`,
            `w: window(${one(numbers()).name}, ${period()})`,
            `f: window(bars, 4)`,
            `...EXTRA`,
          ]),
        ];
        const extra = one([
          "",
          "state: () => ({ n: 0 }), ",
          "state: () => ({ n: 0 }), warmup: params.a, ",
          'domains: ["live", "backtest"], ',
        ]);
        lines.push(
          `const ${name}u = node({ name: "${name}", inputs: { ${inputs.join(", ")} }, output: { ${name}: fraction, level: price }, ${extra}compute: () => ({ ${name}: 0, level: 1 }) });`,
        );
        columns.push(
          { name: `${name}u.${name}`, isBool: false, isPrice: false },
          { name: `${name}u.level`, isBool: false, isPrice: true },
        );
        break;
      }
      case 5:
        declare(`lag(${one(columns.slice(0, 3)).name}, ${period()})`, { isPrice: true });
        break;
      case 6:
        declare(`cross.${one(["rank", "zscore"])}(${one(numbers()).name})`);
        break;
      case 7:
        declare(`resample(resample(${one(prices()).name}, "1mo"${one(["", ', "max"', ', "mean"'])}), "${interval}")`, {
          isPrice: true,
        });
        break;
      default:
        declare(
          `when(${columns.find((column) => column.isBool)?.name ?? "crossUnder(bars.close, bars.open)"}, 1, ${period()}, fraction)`,
        );
    }
  }
  const last = numbers().at(-1)?.name as string;
  const result = one([
    `targetWeights(cast(${last}, fraction))`,
    `targetPositions(cast(${last}, quantity))`,
    `orders({ long: { enter: above(bars.close, bars.open), size: cast(${last}, fraction), stop: ${one(prices()).name}, expire: ${period()} } })`,
    `orders({ long: { enter: above(bars.close, bars.open), size: 0.5, limit: ${one(prices()).name}, trail: ${one(prices()).name}, timeInForce: "day" }, short: { enter: crossUnder(bars.close, bars.open), size: 0.5, trigger: ${one(prices()).name}, until: barTime(bars) } })`,
    `orders({ short: { enter: above(bars.close, bars.open), size: 0.5, at: "close" } })`,
    `dataset({ name: "d", features: { last: ${last}, first: bars.low }, labels: { y: forwardReturn(bars.close, ${period()}) } })`,
    `dataset({ name: "d", features: { last: ${last} }, labels: tripleBarrier(bars.close, { volatility: returns(bars.close, ${period()}), profit: 2, loss: 1, bars: ${period()}${one(["", ', side: "short"', ", cost: 0.001"])} }) })`,
    `targetWeights({ A: cast(pick(bars, "A").close, fraction), B: cast(sma(pick(bars, "B").open, b), fraction) })`,
  ]);
  return `
import { above, bollinger, cross, crossOver, crossUnder, ema, highest, lag, lowest, returns, sma, when } from "@qmtl/core/indicators";
import * as indicators from "@qmtl/core/indicators";
import { fraction, ohlcv, price, quantity } from "@qmtl/core/schema";
import { barTime, cast, dataset, forwardReturn, node, orders, param, pick, resample, strategy, stream, targetPositions, targetWeights, tripleBarrier, window } from "@qmtl/core/strategy";

const LONG = 30 as const;
const SPANS = [5, 15, 25] as const;
const TAGS = Object.freeze(["t2", "t1"]);
const CONFIG = { span: 12, tags: ["c"] };
const EXTRA = { k: 3, word: "x" };

export default strategy({
  name: "generated",
  params: { a: param.int(10, { min: 2, max: 50 }), b: param.int(20, { min: 2, max: 50 }) },
  ${one(HEADS)}
    ${lines.join("\n    ")}
    return ${result};
  },
});
`;
}

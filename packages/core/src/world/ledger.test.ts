import { describe, expect, test } from "vitest";
import { digest } from "../schema/canonical.ts";
import { MOST_VARIANTS, selectVariants, type Variant, variantsOf } from "./ledger.ts";
import type { TrialRecord } from "./record.ts";
import { emptyState, type WorldState } from "./state.ts";

interface Tried {
  readonly strategy?: string;
  readonly params?: Readonly<Record<string, number>>;
  readonly end?: number;
  readonly evidence?: "backtest" | "declared";
  /** Tells evaluations of the same apart, under another brokerage say. */
  readonly again?: number;
}

const keyOf = (tried: Tried): string => digest("test/eval", { ...tried });

function stateOf(all: readonly Tried[]): WorldState {
  const trials = new Map(
    all.map((tried): [string, TrialRecord] => {
      const { strategy = "a", params = {}, end = 1, evidence = "backtest" } = tried;
      const evalKey = keyOf(tried);
      const version = digest("test/version", strategy);
      return [
        evalKey,
        {
          kind: "trial",
          format: 2,
          at: 0,
          evalKey,
          trialKey: digest("test/trial", evalKey),
          origin: "sweep",
          strategy,
          version,
          params,
          dataset: { fingerprint: digest("test/data", end), end, pointInTime: false },
          brokerage: digest("test/brokerage", 0),
          evidence,
          statistics: { evalKey, periods: 10 },
        },
      ];
    }),
  );
  return { ...emptyState("w"), trials };
}

function variant(tried: Tried): Variant & Pick<TrialRecord, "evidence"> {
  const { strategy = "a", params = {}, end = 1, evidence = "backtest" } = tried;
  return { evalKey: keyOf(tried), strategy, version: digest("test/version", strategy), params, dataEnd: end, evidence };
}

const keys = (variants: readonly Variant[]): string[] => variants.map(({ evalKey }) => evalKey);

describe("variants", () => {
  test("one that was evaluated on several datasets stands once, by the data that end last", () => {
    const all = [
      { params: { n: 1 }, end: 3 },
      { params: { n: 1 }, end: 5 },
      { params: { n: 1 }, end: 4 },
    ];
    const ledger = variantsOf(stateOf(all), variant({ params: { n: 2 } }));
    expect(keys(ledger.variants)).toEqual([keyOf(all[1]!), keyOf({ params: { n: 2 } })]);
  });

  test("of several that end with the same data the newest stands", () => {
    const all = [{ again: 1 }, { again: 2 }, { again: 3, end: 0 }];
    expect(keys(variantsOf(stateOf(all), variant({ params: { n: 2 } })).variants)[0]).toBe(keyOf(all[1]!));
  });

  test("the trial that is about to enter counts once, whether the ledger has it already or not", () => {
    const own = variant({ params: { n: 1 } });
    expect(keys(variantsOf(stateOf([]), own).variants)).toEqual([own.evalKey]);
    expect(keys(variantsOf(stateOf([{ params: { n: 1 } }]), own).variants)).toEqual([own.evalKey]);
    const said = { evidence: "declared" } as const;
    expect(keys(variantsOf(stateOf([said]), variant(said)).declared)).toEqual([keyOf(said)]);
  });

  test("a run stands for its own variant, even where newer data are known", () => {
    const older = { params: { n: 1 }, end: 3 };
    const newer = { params: { n: 1 }, end: 5 };
    const ledger = variantsOf(stateOf([older, newer]), variant(newer));
    const { variants } = selectVariants(ledger, { self: variant(older), scope: "strategy" });
    expect(keys(variants)).toEqual([keyOf(older)]);
  });

  test("the scope is the strategy or the world; declared returns are counted and not among them", () => {
    const all = [
      { params: { n: 1 } },
      { strategy: "b", params: { n: 1 } },
      { params: { n: 2 }, evidence: "declared" },
      { strategy: "b", params: { n: 2 }, evidence: "declared" },
    ] as const;
    const self = variant(all[0]);
    const ledger = variantsOf(stateOf(all), self);
    const near = selectVariants(ledger, { self, scope: "strategy" });
    expect([keys(near.variants), near.declared, near.capped]).toEqual([[self.evalKey], 1, 0]);
    const wide = selectVariants(ledger, { self, scope: "world" });
    expect([keys(wide.variants), wide.declared]).toEqual([keys([self, variant(all[1])]).sort(), 2]);
  });

  test("of more than are read a sample stays that has the run itself, and does not depend on the ledger's order", () => {
    const all = Array.from({ length: MOST_VARIANTS + 40 }, (_, n) => ({ params: { n } }));
    const last = all.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)).at(-1)!;
    const self = variant(last);
    const { variants, capped } = selectVariants(variantsOf(stateOf(all), self), { self, scope: "strategy" });
    expect([variants.length, capped]).toEqual([MOST_VARIANTS, 40]);
    expect(keys(variants)).toContain(self.evalKey);
    expect(keys(variants)).toEqual(keys(variants).sort());
    const turned = selectVariants(variantsOf(stateOf(all.toReversed()), self), { self, scope: "strategy" });
    expect(keys(turned.variants)).toEqual(keys(variants));
  });
});

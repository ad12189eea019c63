import { createHash } from "node:crypto";
import type { RunView } from "@qmtl/core";
import { beforeAll, describe, expect, test } from "vitest";
import { pageAssets } from "../assets.ts";
import type { Payload } from "../browser/payload.ts";
import { declaredView, FIRST_DAY, runView, trade } from "../run-view.test.kit.ts";
import { tearsheetOf } from "../tearsheet.ts";
import { MOST_MARKS, MOST_POINTS } from "./chart-payload.ts";
import type { Assets } from "./document.ts";
import { tearsheetPage } from "./page.ts";

const BARE: Assets = { style: "p{}", script: "0" };
const page = (view: RunView, assets = BARE): string => tearsheetPage(tearsheetOf(view), assets);

function payloadOf(text: string): Payload {
  return JSON.parse(/<script type="application\/json" id="run-data">(.*?)<\/script>/s.exec(text)?.[1] ?? "") as Payload;
}

/** The text of one part of the page, without its markup. */
function part(text: string, id: string): string {
  const found = new RegExp(`<section id="${id}">(.*?)</section>`, "s").exec(text)?.[1] ?? "";
  return found.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

describe("a page", () => {
  test("is equal for equal runs, byte by byte", () => {
    expect(page(runView())).toBe(page(structuredClone(runView())));
    expect(page(runView())).not.toBe(page(runView({ strategy: "another" })));
  });

  test("says all of it without its script", () => {
    const text = page(runView({ returns: Array.from({ length: 90 }, (_, i) => Math.sin(i) / 50) }));
    const body = text.replace(/<script.*?<\/script>/gs, "");
    for (const id of ["equity", "underwater", "sharpe", "exposure", "price-1"])
      expect(body).toMatch(
        new RegExp(`id="chart-${id}"><div class="static">\\s*<svg[\\s\\S]*?<path class="line [a-z]+" d="M`),
      );
    expect(part(body, "equity")).toContain("The same as a table, by month");
    expect(part(body, "months")).toMatch(/2024 -?\d+\.\d/);
    expect(part(body, "drawdowns")).toMatch(/1 \d+\.\d\d % 2024-/);
    expect(part(body, "trades")).toMatch(/1 SYM long .* 100 .* 101\.5 10 1 3 12/);
    expect(part(body, "costs")).toMatch(
      /The run 3 1 4 0\.40 % .*borrow 9, 0\.90 % of .*Borrow paid 5 Interest received less paid -2/,
    );
    expect(part(body, "gates")).toContain("sharp sharpe &gt;= 2.0 failed sharpe 1.250 &gt;= 2 0.750 short");
    expect(part(body, "gates")).toContain("enough periods passed 4 periods are enough");
    expect(part(body, "guards")).toContain(
      "guard.ties doubt A decision turns on the last digits. strategies/sample.ts:7 Compare with a margin.",
    );
    expect(part(body, "guards")).toMatch(/Costs doubled 1\.00 % 0\.500 .*Third 1 1 1\.00 % undefined 0\.00 %/);
    expect(part(body, "metrics")).toContain("sharpe mean(r) / sd(r) 1.250 ratio per year");
    expect(part(body, "metrics")).toContain("undefined: there was no drawdown");
    expect(part(body, "notes")).toContain("Something happened.");
    for (const digit of ["e", "f", "a", "b"]) expect(part(body, "provenance")).toContain(digit.repeat(64));
    expect(part(body, "provenance")).toContain("qmtl submit strategies/sample.ts --world tested");
  });

  test("gives every chart a name, and the script a place for each of its charts", () => {
    const text = page(runView({ returns: Array.from({ length: 90 }, (_, i) => Math.sin(i) / 50) }));
    for (const { id } of payloadOf(text).charts)
      for (const what of ["chart", "readout", "caption"]) expect(text).toContain(`id="${what}-${id}"`);
    expect(text).not.toMatch(/role="img" aria-label=""/);
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("shows hostile texts as texts", () => {
    const bad = `</script><img src=x onerror="alert(1)">\u202e`;
    const view = runView();
    const text = page({
      ...view,
      strategy: bad,
      world: bad,
      currency: bad,
      command: bad,
      params: { [bad]: bad },
      metrics: [{ name: bad, figure: { kind: "undefined", because: bad } }, ...view.metrics],
      checks: { [bad]: { verdict: "fail", reason: bad } },
      guards: {
        ...(view.guards as NonNullable<RunView["guards"]>),
        unsettled: [bad],
        findings: [{ rule: bad, kind: "tie", severity: "fail", message: bad, hint: bad, node: bad }],
      },
      decision: {
        ...(view.decision as NonNullable<RunView["decision"]>),
        reason: bad,
        notes: [bad],
        gates: [{ name: bad, expression: bad, passed: false, because: bad, comparisons: [] }],
        exclusions: [{ stage: "score", rule: bad, reason: bad }],
      },
      run: {
        ...view.run,
        notes: [bad],
        trades: [{ ...trade(FIRST_DAY, FIRST_DAY + 1), symbol: bad }],
        prices: [{ symbol: bad, closes: [1, 2, 3, 4] }],
      },
    });
    expect(text).not.toMatch(/<img|\u202e[^"]*$/m);
    expect(text.match(/<script/g)).toHaveLength(2);
    expect(text.match(/<\/script>/g)).toHaveLength(2);
    const priced = payloadOf(text).charts.find(({ id }) => id === "price-1");
    expect(priced?.lines[0]?.label).toBe(bad);
  });
});

describe("what can't be known", () => {
  test("is said of declared returns, which have no times, trades, exposure and costs", () => {
    const text = page(declaredView(Array.from({ length: 50 }, (_, i) => (i % 3) / 100 - 0.008)));
    expect(text).toContain("50 sessions without times");
    expect(part(text, "equity")).toContain("Growth of 1");
    expect(part(text, "months")).toContain("Months are unknown");
    expect(part(text, "drawdowns")).toMatch(/period \d+/);
    expect(part(text, "exposure")).toContain("Exposure is unknown");
    expect(part(text, "trades")).toContain("Trades are unknown");
    expect(part(text, "costs")).toContain("Costs are unknown");
    expect(part(text, "guards")).toContain("nothing to guard");
    expect(payloadOf(text)).toMatchObject({ time: false, x: Array.from({ length: 51 }, (_, i) => i) });
    expect(text).not.toMatch(/NaN|Infinity %|undefined(?!:)(?!<)/);
  });

  test("is said of a run without a period, of one of a single session, and of one that never traded", () => {
    const none = page(runView({ returns: [], metrics: [], checks: {} }));
    expect(part(none, "equity")).toContain("no complete evaluation period");
    const one = page(runView({ returns: [0.01] }));
    expect(part(one, "equity")).toContain("Equity never fell below a peak");
    expect(part(one, "rolling")).toContain("it has 1 session, and a rolling ratio takes 40");
    const idle = page(
      runView({
        run: { trades: [], prices: [], fees: 0, slippage: 0, holding: { borrow: 0, interest: 0, dividends: 0 } },
      }),
    );
    expect(part(idle, "trades")).toContain("There was no trade");
    expect(part(idle, "costs")).toContain("Nothing was paid");
    for (const text of [none, one, idle]) {
      expect(text.replace("Infinity", "")).not.toMatch(/NaN|Infinity/);
      for (const { id } of payloadOf(text).charts.filter(() => payloadOf(text).x.length > 1))
        expect(text).toContain(`id="chart-${id}"`);
    }
  });

  test("is said of an evaluation without a decision, and of one whose returns do not vary", () => {
    const { decision: _, command: __, ...view } = runView({ returns: Array<number>(60).fill(0) });
    const text = page(view);
    expect(part(text, "gates")).toContain("World tested has taken no decision on this evaluation");
    expect(text).toContain("not judged");
    expect(part(text, "rolling")).toContain("did not vary");
  });
});

describe("a long run", () => {
  const returns = Array.from({ length: 120_000 }, (_, i) => (i === 77_777 ? -0.5 : 0.000_01));
  const times = returns.map((_, i) => FIRST_DAY + i * 60_000);
  const trades = Array.from({ length: 30_000 }, (_, i) => trade(FIRST_DAY + i, FIRST_DAY + i + 1));

  test("is thinned in its charts, which says so and loses no peak, and stays small", () => {
    const text = page(
      runView({
        returns,
        run: { times, trades, costs: { fees: returns.map(() => 0), slippage: returns.map(() => 0) } },
      }),
    );
    const { x, charts } = payloadOf(text);
    expect(x.length).toBeLessThanOrEqual(MOST_POINTS);
    expect(Math.min(...(charts[1]?.lines[0]?.values ?? []).map((value) => value ?? 0))).toBeCloseTo(-0.5, 12);
    expect(charts.find(({ id }) => id === "price-1")?.trades).toHaveLength(MOST_MARKS);
    expect(part(text, "equity")).toMatch(/Charts draw [\d,]+ of 120,001 points/);
    expect(part(text, "trades")).toContain("The first 1,000 of 30,000");
    expect(text.length).toBeLessThan(4_000_000);
  });
});

describe("the page's policy", () => {
  let text: string;
  beforeAll(async () => {
    text = page(runView({ returns: Array.from({ length: 90 }, (_, i) => Math.sin(i) / 50) }), await pageAssets());
  });

  test("admits its one style sheet and its one script by digest, and nothing else", () => {
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(text)?.[1]?.replaceAll("&#39;", "'") ?? "";
    const digest = (content: string | undefined): string =>
      createHash("sha256")
        .update(content ?? "")
        .digest("base64");
    const style = /<style>([\s\S]*?)<\/style>/.exec(text)?.[1];
    const script = /<script>([\s\S]*?)<\/script>/.exec(text)?.[1];
    expect(policy).toBe(
      `default-src 'none'; style-src 'sha256-${digest(style)}'; script-src 'sha256-${digest(script)}'; base-uri 'none'; form-action 'none'`,
    );
    expect(script?.length).toBeGreaterThan(30_000);
  });

  test("needs no exception: nothing is styled, run or loaded in place", () => {
    const markup = text.replace(/<(script|style)[\s\S]*?<\/\1>/g, "");
    expect(markup).not.toMatch(/\sstyle=|\son[a-z]+=|\ssrc=|<link|<iframe|javascript:|https?:/);
    expect(/<style>([\s\S]*?)<\/style>/.exec(text)?.[1]).not.toMatch(/@import|url\(/);
  });

  test("comes with the licence of the chart library", () => {
    expect(text).toMatch(/Charts by uPlot\. The MIT License[\s\S]*Permission is hereby granted/);
  });
});

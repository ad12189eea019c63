import { readFileSync } from "node:fs";
import type { RunEvent } from "@qmtl/core";
import { describe, expect, test } from "vitest";
import { makeProject, type Ran } from "./project.test.kit.ts";

const guide = readFileSync(new URL("../../../docs/capital.md", import.meta.url), "utf8");

/** Blocks of the guide that name a file, and the commands in their order. */
const files = Object.fromEntries(
  [...guide.matchAll(/^```(?:ts|yaml|json) (\S+)\n([\s\S]*?)^```$/gm)].map(([, file, text]) => [file!, text!]),
);
const commands = [...guide.matchAll(/^\$ qmtl (.+)$/gm)].map(([, words]) => words!);

interface Outcome {
  readonly allocations: readonly { readonly strategy: string; readonly share: number; readonly equity: number }[];
  readonly allocationNotice: string | null;
  readonly applied: boolean;
  readonly orders: readonly { readonly strategy: string; readonly quantity: number; readonly reduceOnly: boolean }[];
  readonly snapshot: Readonly<Record<"run" | "stale" | "due" | "executed", unknown>>;
  readonly error: { readonly code: string; readonly message: string };
}

const json = ({ stdout }: Ran): Outcome => JSON.parse(stdout) as Outcome;

describe("evaluate, activate, allocate", () => {
  test("the guide's commands do what it says, and what goes wrong beside them is named", async () => {
    const project = makeProject(files);
    const ran: Ran[] = [];
    for (const words of commands) ran.push(await project.qmtl(...words.split(" ")));
    expect(ran.filter(({ code }) => code !== 0)).toEqual([]);
    const [, before, submitted, shown, explained, planned, applied, again, run, after, elsewhere] = ran;

    const { allocations, allocationNotice } = json(submitted!);
    expect(allocationNotice).toBeNull();
    expect(allocations.map(({ strategy }) => strategy).sort()).toEqual(["calm", "sma-cross"]);
    expect(allocations.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    for (const { share, equity } of allocations) expect(equity).toBeCloseTo(share * 1_000_000, 6);
    expect(Math.max(...allocations.map(({ share }) => share))).toBeLessThanOrEqual(0.51 + 1e-9);
    expect(shown!.stdout).toMatch(/50\.00 % of 2,000,000 USD/);
    expect(shown!.stdout).toMatch(/method +risk-parity/);
    expect(explained!.stdout).toMatch(/max of calm \(0\.510\): .+ per unit/);
    expect(explained!.stdout).toMatch(/at 0\.520 the objective gains/);
    expect(planned!.stdout).toMatch(/SPX +-[\d.]+ .* yes/);
    expect(applied!.stdout).toMatch(/applied as first/);
    expect(again!.stdout).toMatch(/first was applied before/);
    expect(before!.stdout).toMatch(/SPX [\d.]+/);
    const share = allocations.find(({ strategy }) => strategy === "sma-cross")!.share;
    const told = run!.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as RunEvent);
    const rebalanced = told.find((event) => event.kind === "rebalanced");
    // Held by 0.51 of the equity, which is all that one strategy may have.
    const [leg] = rebalanced!.legs;
    expect(leg).toMatchObject({ symbol: "SPX", asked: leg!.ordered });
    const fills = told.flatMap((event) => (event.kind === "bars" ? event.fills : []));
    const [fill] = fills.filter(({ kind }) => kind === "rebalance");
    expect(fill).toMatchObject({ quantity: leg!.ordered });
    expect(fill!.held / (fill!.held - fill!.quantity)).toBeCloseTo(share / 0.51, 3);
    expect(json(after!).snapshot).toMatchObject({
      ...{ run: "first", stale: false, due: [] },
      executed: [{ strategy: "sma-cross", account: "sma-cross", legs: [leg] }],
    });
    expect(elsewhere!.stdout).toMatch(/SPX +-[\d.]+ .* yes/);

    const kinds = (await project.journal("shared")).map(({ body }) => (body as { readonly kind: string }).kind);
    const rebalancing = new Set(["allocated", "rebalanced", "executed"]);
    expect(kinds.filter((kind) => rebalancing.has(kind))).toEqual(["allocated", "rebalanced", "executed"]);

    project.write("other.json", '[{ "strategy": "calm", "symbol": "SPX", "quantity": 7, "mark": 2000 }]');
    const conflict = await project.qmtl(
      ...["world", "rebalance", "apply", "shared", "--positions", "other.json", "--run", "first", "--actor", "me"],
      "--json",
    );
    expect([conflict.code, json(conflict).error.code]).toEqual([2, "allocation.conflict"]);
    // The shares did not change since the snapshot, so that what is held by them stays.
    const settled = await project.qmtl("world", "rebalance", "plan", "shared", "--positions", "other.json");
    expect(settled.stdout).toMatch(/Nothing has to be traded/);

    project.write("broken.json", '[{ "strategy": "calm", "symbol": "SPX", "quantity": "seven" }]');
    const broken = await project.qmtl("world", "rebalance", "plan", "shared", "--positions", "broken.json", "--json");
    expect([broken.code, json(broken).error.code]).toEqual([2, "allocation.invalid-position"]);

    project.write("qmtl.config.ts", files["qmtl.config.ts"]!.replace("shared: 0.5", "shared: 0.5, other: 0.6"));
    const over = await project.qmtl("world", "allocations", "shared", "--json");
    expect(json(over).error).toMatchObject({ code: "project.config-invalid" });
    expect(json(over).error.message).toContain("equity.worlds: the worlds hold more than the whole");

    project.write("qmtl.config.ts", files["qmtl.config.ts"]!.replace('"USD"', '"EUR"'));
    const foreign = await project.qmtl("world", "allocations", "shared", "--json");
    expect(json(foreign).error).toMatchObject({ code: "allocation.currency" });
  });
});

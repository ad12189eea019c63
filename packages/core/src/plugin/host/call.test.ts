import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createMetrics } from "../../observability/index.ts";
import { QmtlError } from "../../schema/error.ts";
import { type CallSite, callPlugin, callPurePlugin } from "./call.ts";

const plugin = { kind: "data-provider", name: "@acme/feed", use: "acme", version: "2.1.0" } as const;

function someSite(): CallSite & { readonly closer: AbortController } {
  const closer = new AbortController();
  return { plugin, method: "read", place: { world: "w1" }, metrics: createMetrics(), closed: closer.signal, closer };
}

const any = { deadline: 1000, validate: (answer: unknown) => answer };
const blamed = {
  plugin: "@acme/feed",
  pluginVersion: "2.1.0",
  pluginKind: "data-provider",
  method: "read",
  world: "w1",
};

function outcomes({ metrics }: CallSite): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const sample of metrics.snapshot()) {
    if (sample.kind === "histogram") counts[sample.labels["outcome"] ?? ""] = sample.count;
    else counts[sample.name] = sample.value;
  }
  return counts;
}

describe("a guarded call", () => {
  test("gives the validated answer, and is counted", async () => {
    const site = someSite();
    expect(await callPlugin(site, async () => 7, { ...any, validate: (answer) => (answer as number) + 1 })).toBe(8);
    expect(await callPlugin(site, () => 7, any)).toBe(7);
    expect(outcomes(site)).toEqual({ ok: 2 });
  });

  test("blames the plugin for whatever it throws, and keeps the cause", async () => {
    const site = someSite();
    const cause = new TypeError("x is undefined\nsecond line");
    for (const call of [
      () => Promise.reject(cause),
      () => {
        throw cause;
      },
    ]) {
      const error: unknown = await callPlugin(site, call, any).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "plugin.threw", class: "failed", place: blamed, cause });
      expect(error).toHaveProperty("message", "data-provider @acme/feed 2.1.0 threw in read: x is undefined");
    }
    for (const odd of [undefined, null, "text", 7])
      await expect(callPlugin(site, () => Promise.reject(odd), any)).rejects.toMatchObject({ code: "plugin.threw" });
    expect(outcomes(site)).toEqual({ error: 6 });
  });

  test("keeps a plugin's own code, sentence and next step, and adds the place", async () => {
    const own = new QmtlError({
      code: "data.unknown-symbol",
      message: "There is no XYZ",
      next: "Use SPX.",
      place: { symbol: "XYZ", plugin: "somebody else" },
    });
    await expect(callPlugin(someSite(), () => Promise.reject(own), any)).rejects.toMatchObject({
      code: "data.unknown-symbol",
      message: "There is no XYZ",
      next: "Use SPX.",
      class: "usage",
      place: { symbol: "XYZ", ...blamed },
      cause: own,
    });
  });

  test("fails after the deadline, tells the plugin, and throws a late answer away", async () => {
    const site = someSite();
    const released: unknown[] = [];
    let told = false;
    let answer: (value: string) => void = () => undefined;
    const waiting = callPlugin(
      site,
      ({ signal }) => {
        signal.addEventListener("abort", () => {
          told = true;
        });
        return new Promise<string>((resolve) => {
          answer = resolve;
        });
      },
      { deadline: 20, validate: () => "ok", late: (value) => released.push(value), unanswered: "Look first." },
    );
    await expect(waiting).rejects.toMatchObject({ code: "plugin.deadline", place: blamed, next: "Look first." });
    expect(told).toBe(true);
    answer("late");
    await sleep(1);
    expect(released).toEqual(["late"]);
    expect(outcomes(site)).toEqual({ deadline: 1, qmtl_plugin_late_answers_total: 1 });
  });

  test("a plugin that blocks the thread past its deadline has missed it", async () => {
    const site = someSite();
    const block = (): string => {
      for (const end = performance.now() + 30; performance.now() < end; );
      return "too late";
    };
    await expect(callPlugin(site, block, { ...any, deadline: 10 })).rejects.toMatchObject({ code: "plugin.deadline" });
    expect(outcomes(site)).toEqual({ deadline: 1, qmtl_plugin_late_answers_total: 1 });
  });

  test("ends when the caller cancels, also before it began", async () => {
    const site = someSite();
    const controller = new AbortController();
    let called = 0;
    const call = () => {
      called += 1;
      return new Promise(() => undefined);
    };
    const waiting = callPlugin(site, call, { ...any, signal: controller.signal });
    controller.abort("enough");
    await expect(waiting).rejects.toMatchObject({ code: "plugin.cancelled", cause: "enough", place: blamed });
    await expect(callPlugin(site, call, { ...any, signal: controller.signal })).rejects.toMatchObject({
      code: "plugin.cancelled",
    });
    expect(called).toBe(1);
  });

  test("ends when the host closes, and is refused afterwards", async () => {
    const site = someSite();
    const waiting = callPlugin(site, () => new Promise(() => undefined), any);
    site.closer.abort();
    await expect(waiting).rejects.toMatchObject({ code: "plugin.host-closed" });
    await expect(callPlugin(site, () => 1, any)).rejects.toMatchObject({ code: "plugin.host-closed" });
    expect(() =>
      callPurePlugin(
        site,
        () => 1,
        (answer) => answer,
      ),
    ).toThrow("the plugins were closed");
  });

  test("an answer that breaks the contract is the plugin's fault", async () => {
    const site = someSite();
    const rule = {
      deadline: 1000,
      validate: (answer: unknown, fault: (what: string) => never) => (answer === 1 ? 1 : fault("is not 1")),
    };
    await expect(callPlugin(site, () => 2, rule)).rejects.toMatchObject({
      code: "plugin.invalid-answer",
      message: "The answer of data-provider @acme/feed 2.1.0 in read is not 1",
      place: blamed,
      class: "failed",
    });
    expect(outcomes(site)).toEqual({ invalid: 1 });
  });
});

describe("a guarded pure call", () => {
  test("answers at once; a promise is a fault, even one that fails later", async () => {
    const site = someSite();
    const same = (answer: unknown): unknown => answer;
    expect(callPurePlugin(site, () => 3, same)).toBe(3);
    expect(() => callPurePlugin(site, () => Promise.reject(new Error("later")), same)).toThrow("returned a promise");
    expect(() =>
      callPurePlugin(
        site,
        () => {
          throw new RangeError("deep");
        },
        same,
      ),
    ).toThrow("threw in read: deep");
    await sleep(1);
    expect(outcomes(site)).toEqual({ ok: 1, invalid: 1, error: 1 });
  });
});

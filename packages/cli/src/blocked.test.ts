import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { QmtlErrorJson } from "@qmtl/core/schema";
import { describe, expect, test } from "vitest";
import { configText, makeProject, type TestProject } from "./project.test.kit.ts";

const SUBMIT = ["submit", "strategies/sma-cross.ts", "--world", "sp500-trend", "--json"] as const;

/** A data provider with code of the test's in it; it comes in the place of the samples. */
function providerText(parts: { readonly setup?: string; readonly revision?: string; readonly read?: string }): string {
  const { setup = "", revision = "", read = "" } = parts;
  return `import { definePlugin, emptyConfig } from "@qmtl/core/plugin";
import { ohlcv } from "@qmtl/core/schema";

export default definePlugin({
  kind: "data-provider",
  name: "acme-feed",
  version: "2.1.0",
  api: 1,
  use: "samples",
  description: "Bars that never come",
  config: emptyConfig,
  setup() {
    ${setup}
    return {
      supports: { live: false, pointInTime: false },
      presets: () => [
        { name: "sp500", description: "bars", schema: ohlcv, intervals: ["1d"], symbols: ["SPX"], stamp: "session", calendar: "XNYS" },
      ],
      coverage: async () => [],
      async revision() {
        ${revision}
        return "1";
      },
      async *read() {
        await new Promise((resolve) => setTimeout(resolve, 20));
        ${read}
      },
    };
  },
});
`;
}

function projectWith(provider: string, seconds = 1): TestProject {
  return makeProject({
    "feed.ts": provider,
    "qmtl.config.ts": configText({
      imports: { feed: "./feed.ts" },
      plugins: ["use(feed)", "use(evaluatorStandard)", "use(allocatorEqual)", "use(storageSqlite)"],
      limits: { seconds },
    }),
  });
}

/** Standard output holds the error alone, standard error says it to people and nothing after. */
async function expectBlocked(project: TestProject, args: readonly string[]): Promise<QmtlErrorJson> {
  const { code, stdout, stderr } = await project.qmtl(...args);
  expect(code, stderr).toBe(3);
  const { error } = JSON.parse(stdout) as { readonly error: QmtlErrorJson };
  const said = stderr.slice(stderr.indexOf("error["));
  expect(said).toContain(`error[${error.code}]: ${error.message}`);
  expect(said.trimEnd().split("\n").at(-1)).toContain(`next: ${error.next}`);
  return error;
}

describe("a loop without an end in the process that submits", () => {
  test("in qmtl.config.ts ends the command, which names the file", async () => {
    const project = makeProject({ "qmtl.config.ts": `for (;;) {}\n${configText({})}` });
    const error = await expectBlocked(project, SUBMIT);
    expect(error).toMatchObject({ code: "project.config-blocked", place: { file: "qmtl.config.ts" } });
    expect(error.message).toContain("10000 ms");
  });

  test("in a plugin's setup ends it, and names plugin and method", async () => {
    const error = await expectBlocked(projectWith(providerText({ setup: "for (;;) {}" })), SUBMIT);
    expect(error).toMatchObject({ code: "plugin.blocked", place: { plugin: "acme-feed", method: "setup" } });
    expect(error.message).toBe(
      "data-provider acme-feed 2.1.0 has kept the thread busy in setup for 1000 ms and does not let go",
    );
  });

  test.each([
    ["at once", { revision: "for (;;) {}" }, "revision"],
    ["after it awaited something", { read: "for (;;) {}" }, "read"],
    ["in a regular expression", { revision: '/^(a+)+$/.test("a".repeat(60) + "b");' }, "revision"],
    ["by waiting for a lock", { read: "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);" }, "read"],
  ])("in a data provider, %s, ends it, and the world can be submitted to again", async (_how, parts, method) => {
    const project = projectWith(providerText(parts));
    const error = await expectBlocked(project, SUBMIT);
    expect(error).toMatchObject({ code: "plugin.blocked", place: { plugin: "acme-feed", method, symbol: "SPX" } });
    project.write("qmtl.config.ts", configText({}));
    const { code, stderr } = await project.submit("strategies/sma-cross.ts");
    expect(code, stderr).toBe(0);
    expect((await project.journal()).map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(readdirSync(join(project.root, ".qmtl"))).toContain("journal.db");
  });

  test("ends other commands too, and says it to people alone without --json", async () => {
    const project = projectWith(providerText({ setup: "for (;;) {}" }));
    const { code, stdout, stderr } = await project.qmtl("world", "status", "sp500-trend");
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(/^error\[plugin\.blocked\]: .*\n {2}at .*plugin acme-feed \(setup\)\n {2}next: .*\n$/);
  });
});

test("work that takes longer than the patience, but lets go now and then, is not disturbed", async () => {
  const slow = `
    for (let i = 0; i < 8; i++) {
      const since = Date.now();
      while (Date.now() - since < 400);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }`;
  const project = projectWith(providerText({ revision: slow }), 3);
  const { error } = await project.submit("strategies/sma-cross.ts");
  // Its own deadline, told by the process itself: it was never blocked.
  expect(error.code).toBe("plugin.deadline");
});

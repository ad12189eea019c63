import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { QmtlError } from "../../schema/error.ts";
import { definePlugin, emptyConfig, type Plugin, type PluginUse, type SetupContext, use } from "../contract/plugin.ts";
import type { StandardSchema } from "../contract/standard-schema.ts";
import { type BootOptions, bootPlugins } from "./boot.ts";

const lines: { readonly message: string; readonly fields: unknown }[] = [];
const write = (message: string, fields?: unknown): void => {
  lines.push({ message, fields });
};

function boot(uses: readonly PluginUse[], over: Partial<BootOptions> = {}) {
  return bootPlugins({
    uses,
    root: "/project",
    clock: () => 42,
    log: { debug: write, info: write, warn: write },
    ...over,
  });
}

function allocator(over: Partial<Plugin<"allocator", unknown>> = {}): PluginUse {
  const plugin: Plugin<"allocator", unknown> = {
    kind: "allocator",
    name: "@acme/one",
    version: "1.0.0",
    api: 1,
    use: "one",
    description: "For tests",
    config: emptyConfig,
    setup: () => ({ allocate: () => [] }),
    ...over,
  };
  return { plugin: plugin as unknown as Plugin, config: {} };
}

function storage(over: Partial<Plugin<"storage", unknown>> = {}): PluginUse {
  const no = () => Promise.reject(new Error("not in this test"));
  const plugin: Plugin<"storage", unknown> = {
    kind: "storage",
    name: "@acme/store",
    version: "1.0.0",
    api: 1,
    use: "store",
    description: "For tests",
    config: emptyConfig,
    setup: async () => ({ state: { append: no, read: no, head: no, forget: no, worlds: async () => [] } }),
    ...over,
  };
  return { plugin: plugin as unknown as Plugin, config: {} };
}

async function failureOf(work: Promise<unknown>): Promise<QmtlError> {
  return work.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: QmtlError) => error,
  );
}

describe("descriptors", () => {
  test.each([
    ["no object", 7, "is not a plugin"],
    ["no name", allocator({ name: "" }).plugin, "has no package name"],
    ["a name that is no package", allocator({ name: "Not A Package" }).plugin, "has no package name"],
    ["an unknown kind", allocator({ kind: "oracle" as never }).plugin, 'has the kind "oracle"'],
    ["a version that is none", allocator({ version: "one" }).plugin, 'has the version "one"'],
    ["a word that worlds can't write", allocator({ use: "My.Word" }).plugin, 'has the word "My.Word"'],
    ["no description", allocator({ description: " " }).plugin, "has no description"],
    ["hosts that are URLs", allocator({ hosts: ["https://a.com"] }).plugin, "hosts that are not host names"],
    ["no config schema", allocator({ config: {} as never }).plugin, "has no config schema"],
    ["no setup", allocator({ setup: 1 as never }).plugin, "has no setup function"],
    ["an unknown field", allocator({ host: ["a.com"] } as never).plugin, 'the unknown field "host"'],
  ])("%s is refused", async (_title, plugin, why) => {
    const error = await failureOf(boot([{ plugin: plugin as Plugin, config: {} }]));
    expect(error).toMatchObject({ code: "plugin.invalid-descriptor", place: { path: "plugins[0]" } });
    expect(error.message).toContain(why);
    expect(error.next).toBeTruthy();
  });

  test("a plugin that was not put through use() is explained", async () => {
    const error = await failureOf(boot([allocator().plugin as never]));
    expect(error.next).toContain("use(thePlugin)");
  });

  test.each([
    [2, "Update @qmtl/core"],
    [0, "Install a version"],
    [undefined, "Install a version"],
    ["1", "Install a version"],
  ])("another api generation (%s) is refused with both numbers", async (api, next) => {
    const error = await failureOf(boot([allocator({ api: api as never })]));
    expect(error).toMatchObject({ code: "plugin.api-generation", place: { plugin: "@acme/one" } });
    expect(error.message).toMatch(/api (2|0|"1"|\(none\)), this QMTL speaks 1$/);
    expect(error.next).toContain(next);
  });

  test("the same name, or the same word for the same kind, names both", async () => {
    const names = await failureOf(boot([allocator(), allocator({ use: "two", version: "2.0.0" })]));
    expect(names).toMatchObject({ code: "plugin.duplicate-name" });
    expect(names.message).toBe(
      'Two plugins have the name "@acme/one": @acme/one 1.0.0 at plugins[0] and @acme/one 2.0.0 at plugins[1]',
    );
    const words = await failureOf(boot([allocator(), storage({ use: "one" }), allocator({ name: "@other/one" })]));
    expect(words).toMatchObject({ code: "plugin.duplicate-use", place: { plugin: "@other/one", path: "plugins[2]" } });
    expect(words.message).toContain("@acme/one 1.0.0 at plugins[0] and @other/one 1.0.0 at plugins[2]");
  });

  test("all that is wrong is said at once", async () => {
    const error = await failureOf(boot([allocator({ version: "x" }), storage({ api: 3 as never })]));
    expect(error.code).toBe("plugin.boot-failed");
    expect(error.details.map(({ code }) => code)).toEqual(["plugin.invalid-descriptor", "plugin.api-generation"]);
  });
});

describe("configuration", () => {
  const issues = (
    found: readonly { readonly message: string; readonly path?: readonly (PropertyKey | { key: PropertyKey })[] }[],
  ) =>
    ({ "~standard": { version: 1, vendor: "test", validate: async () => ({ issues: found }) } }) as StandardSchema<
      unknown,
      unknown
    >;

  test("every issue is told with its path", async () => {
    const config = issues([
      { message: "must be a number", path: ["presets", { key: "daily" }, "columns", 2] },
      { message: "unknown key" },
    ]);
    const error = await failureOf(boot([storage({ config })]));
    expect(error).toMatchObject({
      code: "plugin.invalid-config",
      place: { plugin: "@acme/store", path: "presets.daily.columns[2]" },
    });
    expect(error.message).toBe(
      "The configuration of storage @acme/store 1.0.0 at plugins[0] is not valid: presets.daily.columns[2]: must be a number; (the whole): unknown key",
    );
    expect(error.details.map(({ message }) => message)).toEqual(["must be a number", "unknown key"]);
  });

  test("setup gets what the schema made of it", async () => {
    const config = { "~standard": { version: 1, vendor: "test", validate: () => ({ value: { limit: 3 } }) } } as const;
    let got: unknown;
    const plugin = definePlugin({
      ...allocator().plugin,
      kind: "allocator",
      config: config as StandardSchema<unknown, { limit: number }>,
      setup: (_context, given) => {
        got = given.limit;
        return { allocate: () => [] };
      },
    });
    await (await boot([use(plugin)])).close();
    expect(got).toBe(3);
  });

  test.each([undefined, 7, {}, { issues: [] }, { issues: [{}] }])(
    "a validator that answers %j is a fault of the plugin",
    async (answer) => {
      const config = { "~standard": { version: 1, vendor: "test", validate: () => answer } } as never;
      expect(await failureOf(boot([storage({ config })]))).toMatchObject({
        code: "plugin.invalid-answer",
        place: { method: "config" },
      });
    },
  );
});

describe("setup", () => {
  test("gets its context: root, clock, labelled log, secrets that hide, a signal", async () => {
    let context: SetupContext | undefined;
    const host = await boot(
      [
        storage({
          setup: async (given) => {
            context = given;
            given.log.info("hello", { n: 1 });
            return (await storage().plugin.setup(given, {})) as never;
          },
        }),
      ],
      { secrets: (name) => (name === "KEY" ? "canary" : undefined) },
    );
    expect(context).toMatchObject({ root: "/project" });
    expect(context?.clock()).toBe(42);
    expect(lines.at(-1)).toEqual({ message: "hello", fields: { n: 1, plugin: "@acme/store" } });
    expect(JSON.stringify({ key: context?.secrets("KEY") })).toBe('{"key":"[secret KEY]"}');
    expect(() => context?.secrets("OTHER")).toThrow(/OTHER/);
    expect(context?.signal.aborted).toBe(false);
    await host.close();
    expect(context?.signal.aborted).toBe(true);
  });

  test("one that throws, never ends, or gives something else fails the boot by name", async () => {
    const cause = new Error("no such file");
    expect(await failureOf(boot([storage({ setup: () => Promise.reject(cause) })]))).toMatchObject({
      code: "plugin.threw",
      message: "storage @acme/store 1.0.0 threw in setup: no such file",
      cause,
    });
    const never = boot([storage({ setup: () => new Promise<never>(() => undefined) })], { deadlines: { setup: 20 } });
    expect(await failureOf(never)).toMatchObject({
      code: "plugin.deadline",
      place: { plugin: "@acme/store", method: "setup" },
    });
    for (const [instance, why] of [
      [undefined, "is not an object"],
      [{}, "serves neither state nor objects"],
      [{ state: { append: () => 1 } }, "has no method state.read"],
      [{ dispose: 1 }, "dispose that can't be called"],
    ] as const)
      expect((await failureOf(boot([storage({ setup: async () => instance as never })]))).message).toContain(why);
  });

  test("a pure plugin may not wait", async () => {
    const setup = (async () => ({ allocate: () => [] })) as never;
    expect((await failureOf(boot([allocator({ setup })]))).message).toContain("returned a promise");
  });

  test("an instance that comes too late is disposed", async () => {
    let disposed = 0;
    const setup = async () => {
      await sleep(30);
      return {
        ...(await storage().plugin.setup({} as never, {})),
        dispose: async () => {
          disposed += 1;
        },
      } as never;
    };
    await failureOf(boot([storage({ setup })], { deadlines: { setup: 5 } }));
    expect(disposed).toBe(0);
    await sleep(50);
    expect(disposed).toBe(1);
  });
});

describe("the host", () => {
  const disposing = (log: string[], name: string, dispose: () => Promise<void> = async () => undefined): PluginUse =>
    storage({
      name: `@acme/${name}`,
      use: name,
      setup: async (context) =>
        ({
          ...(await storage().plugin.setup(context, {})),
          dispose: async () => {
            log.push(name);
            await dispose();
          },
        }) as never,
    });

  test("reports what came up, in order, as plain data", async () => {
    const host = await boot([allocator(), storage()]);
    expect(JSON.parse(JSON.stringify(host.report))).toEqual({
      ms: expect.any(Number),
      plugins: [
        {
          kind: "allocator",
          name: "@acme/one",
          use: "one",
          version: "1.0.0",
          status: "ready",
          ms: expect.any(Number),
          capabilities: { kind: "allocator" },
        },
        {
          kind: "storage",
          name: "@acme/store",
          use: "store",
          version: "1.0.0",
          status: "ready",
          ms: expect.any(Number),
          capabilities: { kind: "storage", contracts: ["state"] },
        },
      ],
    });
    expect(host.list("allocator")).toEqual([{ kind: "allocator", name: "@acme/one", use: "one", version: "1.0.0" }]);
    await host.close();
  });

  test("names what exists when a word does not", async () => {
    const host = await boot([allocator(), allocator({ name: "@acme/two", use: "two" })]);
    expect(await failureOf((async () => host.get("allocator", "equall"))())).toMatchObject({
      code: "plugin.unknown-use",
      message: 'There is no allocator "equall"',
      next: expect.stringContaining("one, two"),
    });
    expect(() => host.get("storage", "sqlite")).toThrow('There is no storage "sqlite"');
    await host.close();
  });

  test("puts the world of the caller into errors", async () => {
    const host = await boot([
      allocator({
        setup: () => ({
          allocate: () => {
            throw new Error("bad day");
          },
        }),
      }),
    ]);
    const call = () =>
      host
        .get("allocator", "one", { world: "trend" })
        .allocate({ candidates: [], times: new Float64Array(0), budget: 1 });
    expect(await failureOf((async () => call())())).toMatchObject({
      code: "plugin.threw",
      place: {
        world: "trend",
        plugin: "@acme/one",
        pluginVersion: "1.0.0",
        pluginKind: "allocator",
        method: "allocate",
      },
    });
    await host.close();
  });

  test("a failure closes what was up; as a report the rest works", async () => {
    const log: string[] = [];
    const uses = [
      disposing(log, "first"),
      storage({ name: "@acme/bad", use: "bad", setup: () => Promise.reject(new Error("down")) }),
      disposing(log, "last"),
    ];
    expect(await failureOf(boot(uses))).toMatchObject({ code: "plugin.threw", place: { plugin: "@acme/bad" } });
    expect(log).toEqual(["first"]);

    const host = await boot([...uses, allocator({ version: "x" })], { onFailure: "report" });
    expect(host.report.plugins.map(({ name, status }) => [name, status])).toEqual([
      ["@acme/first", "ready"],
      ["@acme/bad", "failed"],
      ["@acme/last", "ready"],
      ["@acme/one", "failed"],
    ]);
    expect(host.report.plugins[1]).toMatchObject({ error: { code: "plugin.threw", place: { plugin: "@acme/bad" } } });
    expect(() => host.get("storage", "bad")).toThrow("did not start");
    expect(host.get("storage", "last").state).toBeDefined();
    await host.close();
    expect(log).toEqual(["first", "last", "first"]);
  });

  test("disposes in reverse order, once, whatever fails or hangs, and says so at the end", async () => {
    const log: string[] = [];
    const host = await boot(
      [
        disposing(log, "a"),
        disposing(log, "b", () => Promise.reject(new Error("stuck"))),
        disposing(log, "c", () => new Promise(() => undefined)),
        disposing(log, "d"),
      ],
      { deadlines: { dispose: 20 } },
    );
    const closing = host.close();
    expect(host.close()).toBe(closing);
    const error = await failureOf(closing);
    expect(log).toEqual(["d", "c", "b", "a"]);
    expect(error.code).toBe("plugin.dispose-failed");
    expect(error.details.map(({ code, place }) => [code, place?.plugin])).toEqual([
      ["plugin.deadline", "@acme/c"],
      ["plugin.threw", "@acme/b"],
    ]);
  });

  test("refuses calls after it was closed, and ends those under way", async () => {
    const setup = async () =>
      ({
        state: { append: () => 1, read: () => 1, head: () => 1, worlds: () => new Promise(() => undefined) },
      }) as never;
    const host = await boot([storage({ setup })]);
    const { state } = host.get("storage", "store");
    const { signal } = new AbortController();
    const waiting = failureOf(state?.worlds({ signal }) as Promise<unknown>);
    await host.close();
    expect(await waiting).toMatchObject({ code: "plugin.host-closed" });
    expect(await failureOf(state?.worlds({ signal }) as Promise<unknown>)).toMatchObject({
      code: "plugin.host-closed",
    });
  });

  test("a boot that was cancelled starts nothing", async () => {
    let started = 0;
    const setup = async () => {
      started += 1;
      return {} as never;
    };
    expect(await failureOf(boot([storage({ setup })], { signal: AbortSignal.abort() }))).toMatchObject({
      code: "plugin.host-closed",
    });
    expect(started).toBe(0);
  });
});

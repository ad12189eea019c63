import type { Plugin, PluginKind } from "../plugin/contract/plugin.ts";
import { bootPlugins } from "../plugin/host/boot.ts";
import { checkDescriptor } from "../plugin/host/descriptor.ts";
import { claim, claimRefused } from "./claim.ts";
import { openPlugin, PRESENT, type Setting } from "./opened.ts";
import type { TestRunner } from "./runner.ts";

/** PL: what every plugin has to keep, whatever its kind. */
export function pluginCases<K extends PluginKind>(
  { test }: TestRunner,
  plugin: Plugin<K, unknown>,
  fresh: () => Setting | Promise<Setting>,
): void {
  const boot = async (config: unknown, setting: Setting) =>
    bootPlugins({
      uses: [{ plugin: plugin as unknown as Plugin, config }],
      root: setting.root,
      clock: () => PRESENT,
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
      secrets: (name) => setting.secrets?.[name],
    });

  test("PL-01 describes itself soundly", () => {
    checkDescriptor(plugin, "plugin");
  });

  test("PL-02 refuses a configuration with an unknown key", async () => {
    const setting = await fresh();
    const config = { ...(setting.config as object), "no-such-option": true };
    await claimRefused(() => boot(config, setting), "an unknown key", "plugin.invalid-config");
  });

  test("PL-03 refuses a configuration that is no object", async () => {
    const setting = await fresh();
    for (const config of ["text", 7, null, []])
      await claimRefused(
        () => boot(config, setting),
        `the configuration ${JSON.stringify(config)}`,
        "plugin.invalid-config",
      );
  });

  test("PL-04 starts under the host, reports what it brings, and closes", async () => {
    const setting = await fresh();
    const host = await boot(setting.config, setting);
    const [entry] = host.report.plugins;
    claim(entry?.status === "ready", "the report does not show it as ready");
    claim(host.list(plugin.kind).length === 1, "the host does not list it");
    host.get(plugin.kind, plugin.use);
    await host.close();
  });

  test("PL-05 can be set up twice in one process", async () => {
    const one = await openPlugin(plugin, await fresh());
    const two = await openPlugin(plugin, await fresh());
    await one.close();
    await two.close();
  });
}

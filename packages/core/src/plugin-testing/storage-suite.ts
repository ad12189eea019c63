import type { Plugin } from "../plugin/contract/plugin.ts";
import { claim } from "./claim.ts";
import { objectCases } from "./object-cases.ts";
import { type Opened, openPlugin, type Setting } from "./opened.ts";
import type { Place } from "./place.ts";
import { pluginCases } from "./plugin-cases.ts";
import type { TestRunner } from "./runner.ts";
import { stateCases } from "./state-cases.ts";

export interface StorageSuite {
  readonly plugin: Plugin<"storage", unknown>;
  /** An empty place: a new folder, a new database. Called for every case. */
  readonly fresh: () => Setting | Promise<Setting>;
  /** What the adapter claims to serve. The other contract has to be absent. */
  readonly contracts: readonly ("state" | "objects")[];
  /** Damages the stored bytes of an object behind the adapter's back. */
  readonly damage?: (setting: Setting, digest: string) => void | Promise<void>;
}

/**
 * The laws of a storage adapter, for the contracts that it claims.
 *
 * @example
 * import { describe, test } from "vitest";
 * storageSuite({ describe, test }, {
 *   plugin: storageSqlite, contracts: ["state", "objects"],
 *   fresh: () => ({ root: mkdtempSync(join(tmpdir(), "storage-")), config: {} }),
 * });
 */
export function storageSuite(runner: TestRunner, suite: StorageSuite): void {
  const { plugin, contracts, fresh } = suite;
  const place: Place = async (body) => {
    const setting = await fresh();
    const opened: Opened<"storage">[] = [];
    try {
      await body(async () => {
        const one = await openPlugin(plugin, setting);
        opened.push(one);
        return one;
      }, setting);
    } finally {
      for (const one of opened) await one.close();
    }
  };
  runner.describe(`storage ${plugin.name}`, () => {
    pluginCases(runner, plugin, fresh);

    runner.test("SC-01 serves the contracts that it claims, and no other", () =>
      place(async (open) => {
        const { instance } = await open();
        for (const contract of ["state", "objects"] as const)
          claim(
            (instance[contract] !== undefined) === contracts.includes(contract),
            `${contract} is ${contracts.includes(contract) ? "claimed and absent" : "served and not claimed"}`,
          );
      }),
    );

    if (contracts.includes("state")) stateCases(runner, place);
    if (contracts.includes("objects")) objectCases(runner, place, suite.damage);
  });
}

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { QMTL_VERSION } from "@qmtl/core";
import { contentDigest } from "../load/content-digest.ts";
import { CONFIG_FILE, cacheFolder } from "./root.ts";

/** Which module a text of a configuration came to. */
interface KeptConfig {
  readonly qmtl: string;
  readonly config: string;
  readonly module: string;
}

const KEPT = "config.json";

/** The module of the configuration as it stands there, where it was made before: it takes no bundler. */
export function keptConfig(root: string): string | undefined {
  const cache = cacheFolder(root);
  try {
    const { qmtl, config, module } = JSON.parse(readFileSync(join(cache, KEPT), "utf8")) as KeptConfig;
    if (qmtl !== QMTL_VERSION || config !== configDigest(root)) return undefined;
    const file = configModuleFile(root, module);
    return contentDigest(readFileSync(file)) === module ? file : undefined;
  } catch {
    // Missing or damaged: it is made anew.
    return undefined;
  }
}

/** Keeps what a text of the configuration came to. @param config its {@link configDigest} @param module the digest of what was made of it */
export function keepConfig(root: string, config: string, module: string): void {
  const kept: KeptConfig = { qmtl: QMTL_VERSION, config, module };
  try {
    writeFileSync(join(cacheFolder(root), KEPT), JSON.stringify(kept));
  } catch {
    // A folder that can't be written costs time, never a command.
  }
}

/** @returns nothing where the configuration can't be read: the bundler says why */
export function configDigest(root: string): string | undefined {
  try {
    return contentDigest(readFileSync(join(root, CONFIG_FILE)));
  } catch {
    return undefined;
  }
}

/** @param digest of the module's text */
export function configModuleFile(root: string, digest: string): string {
  return join(cacheFolder(root), `config-${digest.slice(0, 16)}.mjs`);
}

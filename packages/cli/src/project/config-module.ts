import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { QmtlError } from "@qmtl/core/schema";
import { type BuildFailure, build } from "esbuild";
import { CONFIG_FILE, cacheFolder } from "./root.ts";

/**
 * The project's configuration as a module that plain Node can import, in its cache. Our modules stay external, so that configuration and
 * host share one copy; only the project's own files are bundled.
 *
 * @throws `project.config-broken`, `project.cache-unwritable`
 */
export async function bundleConfig(root: string): Promise<string> {
  const cache = cacheFolder(root);
  try {
    const { outputFiles } = await build({
      entryPoints: [join(root, CONFIG_FILE)],
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
      target: "node20",
      packages: "external",
      sourcemap: "inline",
      logLevel: "silent",
      absWorkingDir: root,
    });
    const text = (outputFiles[0] as { text: string }).text;
    const name = createHash("sha256").update(text).digest("hex").slice(0, 16);
    const file = join(cache, `config-${name}.mjs`);
    if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
      mkdirSync(cache, { recursive: true });
      writeFileSync(file, text);
    }
    return file;
  } catch (error) {
    const failure = (error as Partial<BuildFailure>).errors?.[0];
    if (failure === undefined) throw unwritable(error, cache);
    throw new QmtlError({
      code: "project.config-broken",
      message: `${CONFIG_FILE} does not load: ${failure.text}`,
      place: {
        file: failure.location?.file ?? CONFIG_FILE,
        ...(failure.location !== null && { line: failure.location.line, column: failure.location.column + 1 }),
      },
      next: "Mend it; it is plain TypeScript.",
    });
  }
}

function unwritable(error: unknown, folder: string): QmtlError {
  return new QmtlError({
    code: "project.cache-unwritable",
    message: `${folder} can't be written: ${error instanceof Error ? error.message : String(error)}`,
    next: "Free space or give the folder to this user.",
    class: "failed",
    cause: error,
  });
}

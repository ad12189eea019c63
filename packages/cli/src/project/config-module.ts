import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { QmtlError } from "@qmtl/core/schema";
import { type BuildFailure, build, type Metafile } from "esbuild";
import { contentDigest } from "../load/content-digest.ts";
import { configDigest, configModuleFile, keepConfig, keptConfig } from "./kept-config.ts";
import { CONFIG_FILE, cacheFolder } from "./root.ts";

/**
 * The project's configuration as a module that plain Node can import, in its cache. Our modules stay external, so that configuration and
 * host share one copy; only the project's own files are bundled. What a tsconfig.json says does not count.
 *
 * @throws `project.config-broken`, `project.cache-unwritable`
 */
export async function bundleConfig(root: string): Promise<string> {
  const kept = keptConfig(root);
  if (kept !== undefined) return kept;
  const cache = cacheFolder(root);
  try {
    const config = configDigest(root);
    const { outputFiles, metafile } = await build({
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
      metafile: true,
      tsconfigRaw: {},
    });
    const text = (outputFiles[0] as { text: string }).text;
    const module = contentDigest(text);
    const file = configModuleFile(root, module);
    if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
      mkdirSync(cache, { recursive: true });
      writeFileSync(file, text);
    }
    // Asked again, because the text may have changed meanwhile.
    if (config !== undefined && config === configDigest(root) && standsAlone(metafile))
      keepConfig(root, config, module);
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

/** Its text alone says what it comes to: which file another import leads to, can change without it. */
function standsAlone({ inputs }: Metafile): boolean {
  return Object.values(inputs).every(({ imports }) =>
    imports.every(({ external, path }) => external === true && !path.startsWith("#")),
  );
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

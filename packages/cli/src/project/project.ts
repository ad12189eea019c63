import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ProjectConfig } from "@qmtl/core/plugin";
import { isQmtlError, QmtlError } from "@qmtl/core/schema";
import { type BuildFailure, build } from "esbuild";
import * as z from "zod";
import { DEFAULT_LIMITS, type IsolateLimits } from "../isolate/isolate.ts";
import { watch } from "../watchdog/watchdog.ts";

export const CONFIG_FILE = "qmtl.config.ts";

/** Milliseconds for which the configuration may keep the thread to itself. */
const LOAD_MS = 10_000;

/** A project on disk: the folder of `qmtl.config.ts` and what it says. */
export interface Project {
  readonly root: string;
  readonly configFile: string;
  readonly config: ProjectConfig;
  /** The configuration as a module that plain Node can import; workers load the plugins from it. */
  readonly configModule: string;
  /** Folder of the world files, absolute. */
  readonly worlds: string;
  readonly limits: IsolateLimits;
}

const equity = z
  .strictObject({
    total: z.number().min(0).max(1e15),
    currency: z.string().regex(/^[A-Z][A-Z0-9]{2,9}$/, { error: "must be a currency in capitals, such as USD" }),
    worlds: z.record(z.string(), z.number().min(0).max(1)),
  })
  .refine(({ worlds }) => Object.values(worlds).reduce((sum, share) => sum + share, 0) <= 1 + 1e-12, {
    path: ["worlds"],
    error: "the worlds hold more than the whole",
  });

const shape = z.strictObject({
  plugins: z.array(z.strictObject({ plugin: z.looseObject({}), config: z.unknown() })),
  storage: z.string().optional(),
  worlds: z.string().optional(),
  equity: equity.optional(),
  limits: z
    .strictObject({
      seconds: z.number().positive().max(86_400).optional(),
      memoryMb: z.number().int().min(128).max(1_048_576).optional(),
    })
    .optional(),
});

export interface OpenOptions {
  /** Awaited before code of the project runs. Its failure is thrown. */
  readonly before?: Promise<unknown>;
}

/**
 * Finds the nearest `qmtl.config.ts` at or above a folder and loads it.
 *
 * @throws `project.not-found`, `project.config-broken`, `project.config-invalid`
 */
export async function openProject(from: string, { before }: OpenOptions = {}): Promise<Project> {
  const root = projectRoot(from);
  const configFile = join(root, CONFIG_FILE);
  const configModule = await bundleConfig(root, configFile, cacheFolder(root));
  await before;
  const module = await importConfig(configModule);
  const checked = shape.safeParse(module.default);
  if (!checked.success)
    throw new QmtlError({
      code: "project.config-invalid",
      message: `${CONFIG_FILE} is not a configuration: ${checked.error.issues.map(({ path, message }) => `${path.join(".") || "default export"}: ${message}`).join("; ")}`,
      place: { file: CONFIG_FILE },
      next: "Export default defineConfig({ plugins: [use(…)] }).",
    });
  const config = module.default as ProjectConfig;
  return {
    root,
    configFile,
    config,
    configModule,
    worlds: resolve(root, config.worlds ?? "worlds"),
    limits: {
      seconds: config.limits?.seconds ?? DEFAULT_LIMITS.seconds,
      memoryMb: config.limits?.memoryMb ?? DEFAULT_LIMITS.memoryMb,
    },
  };
}

/** Folder of what may be thrown away: `.qmtl/cache`. */
export function cacheFolder(root: string): string {
  return join(root, ".qmtl", "cache");
}

/** @throws `project.not-found` */
export function projectRoot(folder: string): string {
  const from = resolve(folder);
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, CONFIG_FILE))) return folder;
    if (dirname(folder) === folder)
      throw new QmtlError({
        code: "project.not-found",
        message: `There is no ${CONFIG_FILE} in ${from} or above it`,
        next: "Run the command inside a project, or make one with: qmtl init my-project",
      });
  }
}

/** Our modules stay external, so that configuration and host share one copy; only the project's own files are bundled. */
async function bundleConfig(root: string, configFile: string, cache: string): Promise<string> {
  try {
    const { outputFiles } = await build({
      entryPoints: [configFile],
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

async function importConfig(module: string): Promise<{ readonly default: unknown }> {
  const unwatch = watch(
    new QmtlError({
      code: "project.config-blocked",
      message: `${CONFIG_FILE} has kept the thread busy for ${LOAD_MS} ms while it was loaded and does not let go`,
      place: { file: CONFIG_FILE },
      next: "Look for a loop that never ends, in it and in the modules that it imports.",
      class: "failed",
    }),
    LOAD_MS,
  );
  try {
    return (await import(pathToFileURL(module).href)) as { default: unknown };
  } catch (error) {
    if (isQmtlError(error)) throw error;
    const missing = /Cannot find (?:package|module) '([^']+)'/.exec(String(error))?.[1];
    throw new QmtlError({
      code: "project.config-broken",
      message: `${CONFIG_FILE} does not load: ${missing === undefined ? String(error) : `the package ${missing} is not installed`}`,
      place: { file: CONFIG_FILE },
      next: missing === undefined ? "Mend it; it is plain TypeScript." : `npm install ${missing}`,
      cause: error,
    });
  } finally {
    unwatch();
  }
}

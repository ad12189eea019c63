import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ProjectConfig } from "@qmtl/core/plugin";
import { isQmtlError, QmtlError } from "@qmtl/core/schema";
import * as z from "zod";
import { DEFAULT_LIMITS, type IsolateLimits } from "../isolate/isolate.ts";
import { watch } from "../watchdog/watchdog.ts";
import { keptConfig } from "./kept-config.ts";
import { CONFIG_FILE, projectRoot } from "./root.ts";

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
  /** What `bundleConfig` made of its configuration, where somebody makes it already. */
  readonly configModule?: Promise<string>;
}

/**
 * Finds the nearest `qmtl.config.ts` at or above a folder and loads it.
 *
 * @throws `project.not-found`, `project.config-broken`, `project.config-invalid`
 */
export async function openProject(from: string, { before, configModule: made }: OpenOptions = {}): Promise<Project> {
  const root = projectRoot(from);
  const configFile = join(root, CONFIG_FILE);
  const configModule = keptConfig(root) ?? (await (made ?? makeConfig(root)));
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

/** The bundler is loaded where it works. */
async function makeConfig(root: string): Promise<string> {
  const { bundleConfig } = await import("./config-module.ts");
  return bundleConfig(root);
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
    const { importModule } = await import("./import-module.ts");
    return (await importModule(pathToFileURL(module).href)) as { default: unknown };
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

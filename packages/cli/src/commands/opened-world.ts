import { type LoadedWorld, loadWorld } from "@qmtl/core";
import { openProject, type Project } from "../project/project.ts";
import { watch } from "../watchdog/watchdog.ts";

const SILENT = { debug: () => {}, info: () => {}, warn: () => {} };

/** Opens a world of the project around a folder, by default the working directory, and closes its plugins when the work is done. */
export async function withWorld<T>(
  world: string,
  work: (loaded: LoadedWorld, project: Project) => Promise<T>,
  cwd: string = process.cwd(),
): Promise<T> {
  const project = await openProject(cwd);
  const loaded = await loadWorld(world, {
    config: project.config,
    root: project.root,
    clock: Date.now,
    log: SILENT,
    signal: new AbortController().signal,
    secrets: (name) => process.env[name],
    watch,
  });
  try {
    return await work(loaded, project);
  } finally {
    await loaded.host.close();
  }
}

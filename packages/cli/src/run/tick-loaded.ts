import { type LoadedWorld, type TickContext, type TickResult, tickWorld } from "@qmtl/core";
import { createIsolate } from "../isolate/isolate.ts";
import type { Project } from "../project/project.ts";
import { isolatedPlugins, pluginRoom } from "../submit-file.ts";

/** A tick whose evaluators and allocator run in a process of their own, as for a submission. */
export async function tickLoaded(
  loaded: LoadedWorld,
  project: Project,
  of: Pick<TickContext, "signal" | "patience"> & { readonly plan?: boolean },
): Promise<TickResult> {
  const { plan = false, ...context } = of;
  const clock = Date.now;
  const isolate = createIsolate();
  try {
    isolate.limit(project.limits);
    isolate.namePlugins(project.config.plugins.map(({ plugin }) => plugin.name));
    isolate.open("plugins", pluginRoom(project, loaded, clock()));
    return await tickWorld({ ...loaded, ...context, clock, plugins: isolatedPlugins(isolate) }, { plan });
  } finally {
    isolate.close();
  }
}

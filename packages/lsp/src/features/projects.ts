import type { TextRange } from "@qmtl/core/static";
import type { Place } from "../facts/index.ts";
import { type Project, type ProjectWorld, worldFits } from "../project/index.ts";
import { codeLensesOf } from "./code-lens.ts";
import type { JudgedProject } from "./projects-answer.ts";
import type { View } from "./view.ts";

/** The worlds of a project with their gates, and its strategies with the worlds that they fit. */
export function judgedProjectOf<L>(
  { worlds, plugins }: Project,
  views: Iterable<View>,
  locate: (place: Place) => L,
): Omit<JudgedProject<L>, "folder"> {
  const strategies: JudgedProject<L>["strategies"][number][] = [];
  for (const view of views)
    for (const { place, strategy: name, submits } of codeLensesOf(view)) {
      const graph = submits ? view.graph(strategyIndex(view)) : undefined;
      if (graph === undefined) continue;
      const fitting = worldFits(plugins, worlds, graph)
        .filter(({ streams }) => streams.every(({ taken }) => taken.length > 0))
        .map(({ world }) => world.name);
      strategies.push({ name, place: locate(place), worlds: fitting });
    }
  return {
    worlds: worlds.map((world) => ({
      name: world.name,
      place: locate(placeOf(world, undefined)),
      gates: Object.entries(world.config?.policy.gates ?? {}).map(([name, expression]) => ({
        name,
        expression,
        place: locate(placeOf(world, gateRange(world, name))),
      })),
    })),
    strategies,
  };
}

/** Of the one that is the default export. */
function strategyIndex({ reading }: View): number {
  return reading.facts.strategies.findIndex(({ exported }) => exported.includes("default"));
}

function gateRange({ checked }: ProjectWorld, name: string): TextRange | undefined {
  const gate = checked.positions[`policy.gates.${name}`];
  const policy = checked.positions["policy"];
  return gate?.key ?? gate?.value ?? policy?.key;
}

function placeOf({ path }: ProjectWorld, range: TextRange | undefined): Place {
  const start = { line: range?.line ?? 1, column: range?.column ?? 1 };
  return { file: path, start, end: start };
}

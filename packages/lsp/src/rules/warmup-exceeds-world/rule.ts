import type { Place } from "../../facts/index.ts";
import { isUnknown, type StaticGraph, type StaticNode, type StaticRead } from "../../facts/index.ts";
import { worldFits } from "../../project/index.ts";
import { labelOf } from "../graph-reads.ts";
import type { Rule } from "../rule.ts";
import { placeAt } from "../world-config-mismatch/place-at.ts";

export const warmupExceedsWorld: Rule = {
  code: "W502",
  slug: "warmup-exceeds-world",
  title: "The warm-up is longer than what the world gives",
  severity: "warning",
  tier: 1,
  usesProject: true,
  checkStrategy({ project, graph, world, placeOf, report }) {
    const meant = project.worlds.filter((each) => world === undefined || each.name === world);
    const fits = worldFits(project.plugins, meant, graph).filter(({ streams }) =>
      streams.every(({ taken }) => taken.length > 0),
    );
    for (const { stream, rows, path } of criticalPaths(graph)) {
      const limits = fits.flatMap((fit) => {
        const taken = fit.streams.find(({ node }) => node === stream)?.taken;
        const [only] = taken ?? [];
        const { window } = only ?? {};
        const limit = window?.warmup_bars ?? window?.min_history;
        if (taken?.length !== 1 || limit === undefined) return [undefined];
        const field = window?.warmup_bars === undefined ? "min_history" : "warmup_bars";
        const index = only === undefined ? -1 : (fit.world.config?.presets.indexOf(only) ?? -1);
        const longEnough = window?.min_history === undefined || window.min_history >= rows;
        const at = placeAt(fit, `data.presets[${index}].window.${field}`);
        return [{ limit, field, world: fit.world, at, alone: field === "min_history" || longEnough }];
      });
      const [first] = limits;
      // A world that gives enough, or of which nothing can be said, may be the one that is meant.
      if (first === undefined || !limits.every((each) => each !== undefined && rows > each.limit)) continue;
      const longest = path.toSorted((a, b) => settleOf(b) - settleOf(a))[0] ?? stream;
      report({
        at: placeOf(longest.fact.at),
        message: `It takes ${rows} bars until the start of the data is forgotten (${path.map((node) => `${labelOf(node.fact)} ${settleOf(node)}`).join(" + ")}), and world "${first.world.name}" gives ${first.limit}`,
        next: `Raise ${first.field} of the preset, or shorten the periods.`,
        // Where the history would have to be longer too, two fields are to be thought about.
        fixes:
          first.at === undefined || !first.alone
            ? []
            : [
                {
                  title: `Raise ${first.field} of world "${first.world.name}" to ${rows}`,
                  edits: [{ place: first.at, text: String(rows) }],
                  // It changes what every strategy of the world is judged by.
                  isSafe: false,
                },
              ],
        related: [
          ...path
            .filter((node) => node !== longest)
            .map((node) => ({ message: `${settleOf(node)} bars`, place: placeOf(node.fact.at) as Place })),
          ...(first.at === undefined
            ? []
            : [{ message: `${first.field} of world "${first.world.name}"`, place: first.at }]),
        ],
        data: { rows: String(rows), limit: String(first.limit), world: first.world.name },
      });
    }
  },
};

interface Path {
  readonly stream: StaticNode;
  readonly rows: number;
  /** From the stream on; those that need no warm-up are left out. */
  readonly path: readonly StaticNode[];
}

function settleOf({ warmUp }: StaticNode): number {
  return isUnknown(warmUp) ? 0 : warmUp.settle;
}

/** The longest warm-up from each stream to the result, along nodes of its own clock whose settling is known and ends. */
function criticalPaths({ nodes, result }: StaticGraph): readonly Path[] {
  if (isUnknown(result)) return [];
  const longest = new Map<StaticNode, Map<StaticNode, Path>>();
  for (const node of nodes) {
    const own = new Map<StaticNode, Path>();
    longest.set(node, own);
    if (node.options.kind === "stream") {
      own.set(node, { stream: node, rows: 0, path: [] });
      continue;
    }
    const settle = isUnknown(node.warmUp) ? Number.NaN : node.warmUp.settle;
    if (isUnknown(node.inputs) || !Number.isFinite(settle)) continue;
    for (const { read } of node.inputs) {
      const source = isUnknown(read) ? undefined : sourceOf(nodes, read);
      if (source === undefined || source.interval !== node.interval) continue;
      for (const before of longest.get(source)?.values() ?? []) {
        const rows = before.rows + settle;
        const known = own.get(before.stream);
        if (known === undefined || rows > known.rows)
          own.set(before.stream, { ...before, rows, path: settle > 0 ? [...before.path, node] : before.path });
      }
    }
  }
  const found = new Map<StaticNode, Path>();
  for (const reads of longest.values())
    for (const path of reads.values())
      if (path.rows > (found.get(path.stream)?.rows ?? 0)) found.set(path.stream, path);
  return [...found.values()];
}

function sourceOf(nodes: readonly StaticNode[], read: StaticRead): StaticNode | undefined {
  return read.kind === "constant" ? undefined : nodes[read.node];
}

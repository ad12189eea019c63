import type { ExecutionOptions } from "./execution.ts";
import { generate } from "./generate.ts";
import type { KernelLink, Step } from "./step.ts";
import type { Timeline } from "./timeline.ts";

/** Stands for the node of a chain: its kernels report themselves. */
export const LINKED = -2;

/** Rows from which a chain is worth its own code; below, compiling it costs more than it saves. */
const OWN_CHAIN_ROWS = 50_000;
/** Kernels up to which it is: a text that calls hundreds of them is compiled anew for each joint replay, for longer than it runs. */
const OWN_CHAIN_KERNELS = 64;

/**
 * Kernels that follow each other on one timeline become one step, whose generated text calls each of them at a place of its own:
 * bar by bar, such a call costs a fraction of one through a loop over all steps, where every call meets every kernel.
 */
export function chainKernels(
  steps: readonly Step[],
  loops: NonNullable<ExecutionOptions["userLoop"]>,
  progress: Int32Array,
): readonly Step[] {
  if (loops === "shared") return steps;
  const chained: Step[] = [];
  for (let at = 0; at < steps.length; ) {
    const first = steps[at]!;
    let end = at + 1;
    const timeline = first.link?.timeline;
    while (timeline !== undefined && steps[end]?.link?.timeline === timeline) end++;
    const run = steps.slice(at, end);
    const own =
      timeline !== undefined &&
      run.length > 1 &&
      (loops === "generated" || (timeline.stamps.length >= OWN_CHAIN_ROWS && run.length <= OWN_CHAIN_KERNELS));
    chained.push(...((own ? compileChain(run, timeline, progress) : undefined) ?? run));
    at = end;
  }
  return chained;
}

type Chain = (from: number, to: number, base: number, stamps: Float64Array) => void;

function compileChain(steps: readonly Step[], timeline: Timeline, progress: Int32Array): readonly Step[] | undefined {
  const links = steps.map(({ link }) => link!);
  const calls = steps.map(
    ({ node }, k) => `
  at = from < f${k} ? f${k} : from;
  if (at < to) {
    progress[0] = ${node};
    kernel${k}.run(state${k}, reads${k}, writes${k}, at - base, to - base, stamps);
  }`,
  );
  const names = links.map(
    (_, k) => `{ firstInput: f${k}, kernel: kernel${k}, state: state${k}, reads: reads${k}, writes: writes${k} }`,
  );
  const chain = generate<(links: readonly KernelLink[], progress: Int32Array) => Chain>(
    ["links", "progress"],
    `const [${names.join(", ")}] = links;
return (from, to, base, stamps) => {
  let at;${calls.join("")}
};`,
  )?.(links, progress);
  if (chain === undefined) return undefined;
  return [
    {
      node: LINKED,
      run: () => chain(timeline.cursor, timeline.target, timeline.base, timeline.view),
    },
  ];
}

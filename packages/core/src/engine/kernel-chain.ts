import type { Kernel } from "../strategy/kernel.ts";
import type { ExecutionOptions } from "./execution.ts";
import { generate, type Recent, recent } from "./generate.ts";
import type { KernelLink, Step } from "./step.ts";
import type { Timeline } from "./timeline.ts";

/** Stands for the node of a chain: its kernels report themselves. */
export const LINKED = -2;

/** Rows from which a chain is worth its own code; below, compiling it costs more than it saves. */
const OWN_CHAIN_ROWS = 50_000;
/** Kernels up to which it is: a text that calls hundreds of them is compiled for longer than it runs. */
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
    chained.push(...((own ? bindChain(run, timeline, progress) : undefined) ?? run));
    at = end;
  }
  return chained;
}

/** Makes the step of one run: what the run gives are fields, which the text names. */
type Chain = (
  links: readonly KernelLink[],
  nodes: readonly number[],
  warm: number,
  timeline: Timeline,
  progress: Int32Array,
) => Step;

// By kernels and the kinds of arrays: their functions are constants of the text, and what V8 learned in one run serves the next.
const chains: Recent<Chain> = recent(64);
const numbers = new WeakMap<Kernel, number>();
let numbered = 0;

function bindChain(steps: readonly Step[], timeline: Timeline, progress: Int32Array): readonly Step[] | undefined {
  const links = steps.map(({ link }) => link!);
  const kin = links.map(({ kernel, reads, writes }) => [
    numberOf(kernel),
    ...[...reads, ...writes].map((cells) => cells.constructor.name),
  ]);
  const chain = chains(JSON.stringify(kin), () => compileChain(links));
  if (chain === undefined) return undefined;
  const nodes = steps.map(({ node }) => node);
  const warm = Math.max(...links.map(({ firstInput }) => firstInput));
  return [chain(links, nodes, warm, timeline, progress)];
}

function numberOf(kernel: Kernel): number {
  const number = numbers.get(kernel) ?? numbered++;
  numbers.set(kernel, number);
  return number;
}

function compileChain(links: readonly KernelLink[]): Chain | undefined {
  const fields = links.map(
    (_, k) =>
      `node${k}: nodes[${k}], first${k}: links[${k}].firstInput, state${k}: links[${k}].state, reads${k}: links[${k}].reads, writes${k}: links[${k}].writes`,
  );
  const call = (k: number, from: string): string =>
    `progress[0] = this.node${k}; kernel${k}.run(this.state${k}, this.reads${k}, this.writes${k}, ${from} - base, to - base, stamps);`;
  return generate<(...of: readonly Kernel[]) => Chain>(
    links.map((_, k) => `kernel${k}`),
    `
function run() {
  const { timeline, progress } = this;
  const { cursor: from, target: to, base, view: stamps } = timeline;
  if (from >= this.warm) {
    ${links.map((_, k) => call(k, "from")).join("\n    ")}
    return;
  }
  let at;
  ${links.map((_, k) => `at = from < this.first${k} ? this.first${k} : from; if (at < to) { ${call(k, "at")} }`).join("\n  ")}
}
return (links, nodes, warm, timeline, progress) => ({ node: ${LINKED}, run, timeline, progress, warm, ${fields.join(", ")} });`,
  )?.(...links.map(({ kernel }) => kernel));
}

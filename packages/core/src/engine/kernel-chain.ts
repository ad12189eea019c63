import type { ColumnArray } from "../schema/cell.ts";
import type { Kernel } from "../strategy/kernel.ts";
import type { ExecutionOptions } from "./execution.ts";
import { generate, type Recent, recent } from "./generate.ts";
import type { KernelLink, Step } from "./step.ts";
import type { Follower, Timeline } from "./timeline.ts";

/** Stands for the node of a chain: its kernels report themselves. */
export const LINKED = -2;

/** Rows from which a chain is worth its own code; below, compiling it costs more than it saves. */
const OWN_CHAIN_ROWS = 50_000;
/** Kernels up to which it is: a text that calls hundreds of them is compiled for longer than it runs. */
const OWN_CHAIN_KERNELS = 64;

/** Kernels up to which a single row goes through a chain as numbers: V8 compiles that many into one, and numbers that are passed to others are allocated. */
const NUMBER_CHAIN_KERNELS = 8;

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
    const whole = run.length === steps.length;
    chained.push(...((own ? bindChain(run, whole, timeline, progress) : undefined) ?? run));
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
) => Step & Follower;

// By kernels and the kinds of arrays: their functions are constants of the text, and what V8 learned in one run serves the next.
const chains: Recent<Chain> = recent(64);
const numbers = new WeakMap<Kernel, number>();
let numbered = 0;

/** @param whole there is nothing else in the graph that could read a column that passes */
function bindChain(
  steps: readonly Step[],
  whole: boolean,
  timeline: Timeline,
  progress: Int32Array,
): readonly Step[] | undefined {
  const links = steps.map(({ link }) => link!);
  const wires = wiresOf(links);
  const kin = links.map(({ kernel, reads, writes, passing }, k) => [
    numberOf(kernel),
    wires[k],
    whole && passing,
    ...[...reads, ...writes].map((cells) => cells.constructor.name),
  ]);
  const make = chains(JSON.stringify(kin), () => compileChain(links, wires, whole));
  if (make === undefined) return undefined;
  const nodes = steps.map(({ node }) => node);
  const warm = Math.max(...links.map(({ firstInput }) => firstInput));
  const chain = make(links, nodes, warm, timeline, progress);
  chain.follow(0);
  // After its kernels, whose arrays it reads.
  timeline.followers.push(chain);
  return [chain];
}

function numberOf(kernel: Kernel): number {
  const number = numbers.get(kernel) ?? numbered++;
  numbers.set(kernel, number);
  return number;
}

/** Per link and input: the link before it whose only output it reads; -1 for rows from elsewhere. */
function wiresOf(links: readonly KernelLink[]): readonly (readonly number[])[] {
  return links.map(({ reads }, at) =>
    reads.map((cells) => {
      // The last one that writes there: an array is lent again to who writes after its last reader.
      const from = links.slice(0, at).findLastIndex(({ writes }) => writes.includes(cells));
      return from >= 0 && links[from]!.writes.length === 1 ? from : -1;
    }),
  );
}

/**
 * Many rows are computed kernel by kernel, a single one number by number: what a kernel gives for it goes on to its readers as it is, and is
 * written where somebody else may read it.
 */
function compileChain(
  links: readonly KernelLink[],
  wires: ReturnType<typeof wiresOf>,
  whole: boolean,
): Chain | undefined {
  const each = (text: (link: KernelLink, k: number) => string, between = "\n  "): string =>
    links.map(text).join(between);
  const fields = each(
    ({ reads, writes }, k) =>
      [
        `node${k}: nodes[${k}], first${k}: links[${k}].firstInput, state${k}: links[${k}].state, reads${k}: links[${k}].reads, writes${k}: links[${k}].writes`,
        ...reads.map((_, input) => `read${k}_${input}: links[${k}].reads[${input}]`),
        ...writes.map((_, output) => `write${k}_${output}: links[${k}].writes[${output}]`),
      ].join(", "),
    ", ",
  );
  const run = (k: number, from: string, to: string): string =>
    `progress[0] = this.node${k}; kernel${k}.run(this.state${k}, this.reads${k}, this.writes${k}, ${from}, ${to}, stamps);`;
  const byNumber = ({ kernel }: KernelLink): boolean =>
    kernel.next !== undefined && links.length <= NUMBER_CHAIN_KERNELS;
  const next = (link: KernelLink, k: number): string => {
    const { reads, writes } = link;
    if (!byNumber(link))
      return `${run(k, "row", "row + 1")} ${writes.length === 1 ? `const value${k} = this.write${k}_0[row];` : ""}`;
    const values = reads.map((_, input) =>
      wires[k]![input]! < 0 ? `this.read${k}_${input}[row]` : `value${wires[k]![input]}`,
    );
    const value = `kernel${k}.next(this.state${k}, ${["stamp", ...values].join(", ")})`;
    const isRead = links.some((other, at) => !byNumber(other) && wires[at]!.includes(k));
    const write = whole && link.passing[0] === true && !isRead ? "" : `this.write${k}_0[row] = value${k};`;
    return `const value${k} = ${asCell(value, writes[0]!)}; ${write}`;
  };
  // Both ways in one function: too long for V8 to compile it into its callers, where its kernels would find no room any more.
  return generate<(...of: readonly Kernel[]) => Chain>(
    links.map((_, k) => `kernel${k}`),
    `
function run() {
  const { timeline, progress } = this;
  const { cursor: from, target: to, base, view: stamps } = timeline;
  if (to - from !== 1 || from < this.warm) {
    let at;
    ${each((_, k) => `at = from < this.first${k} ? this.first${k} : from; if (at < to) { ${run(k, "at - base", "to - base")} }`, "\n    ")}
    progress[0] = -1;
    return;
  }
  const row = from - base;
  const stamp = stamps[row];
  ${each(next)}
  ${links.every(byNumber) ? "" : "progress[0] = -1;"}
}
function follow() {
  ${each(({ reads, writes }, k) =>
    [
      ...reads.map((_, input) => `this.read${k}_${input} = this.reads${k}[${input}];`),
      ...writes.map((_, output) => `this.write${k}_${output} = this.writes${k}[${output}];`),
    ].join(" "),
  )}
}
return (links, nodes, warm, timeline, progress) => ({ node: ${LINKED}, run, follow, timeline, progress, warm, ${fields} });`,
  )?.(...links.map(({ kernel }) => kernel));
}

/** A number as it reads once it is written to an array of this kind. */
function asCell(value: string, cells: ColumnArray): string {
  if (cells instanceof Float64Array) return value;
  return cells instanceof Int32Array ? `${value} | 0` : `${value} & 255`;
}

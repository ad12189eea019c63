import type { ObjectStorage } from "../plugin/contract/storage.ts";
import type { RunOutcome } from "./executor.ts";
import type { InspectedStrategy } from "./inspect.ts";

/** How long a node computed, over all of its symbols and the whole of history. */
export interface NodeTiming {
  /** Its place in the graph that ran. */
  readonly node: number;
  readonly name: string;
  readonly ms: number;
}

/** Of the nodes that compute, in the order of the graph; `undefined` where nothing was measured. */
export function nodeTimings(
  { spent }: Pick<RunOutcome, "spent">,
  nodes: InspectedStrategy["nodes"],
): readonly NodeTiming[] | undefined {
  return spent === undefined
    ? undefined
    : nodes
        .filter(({ index }) => spent[index]! > 0)
        .map(({ index, label }) => ({ node: index, name: label, ms: Math.round(spent[index]! * 1000) / 1000 }));
}

/**
 * Keeps the times beside a run, under its EvalKey. They stand in a reference of their own: a run's bytes and the journal are the same however
 * fast the machine was. The first that were measured stay.
 */
export async function keepNodeTimings(
  objects: ObjectStorage,
  evalKey: string,
  timings: readonly NodeTiming[],
  signal: AbortSignal,
): Promise<void> {
  const digest = await objects.put(new TextEncoder().encode(JSON.stringify(timings)), { signal });
  await objects.putIfAbsent(refOf(evalKey), digest, { signal });
}

/** `undefined` where the run was never measured. */
export async function readNodeTimings(
  objects: ObjectStorage,
  evalKey: string,
  signal: AbortSignal,
): Promise<readonly NodeTiming[] | undefined> {
  const digest = await objects.ref(refOf(evalKey), { signal });
  const bytes = digest === undefined ? undefined : await objects.get(digest, { signal });
  return bytes === undefined ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as readonly NodeTiming[]);
}

function refOf(evalKey: string): string {
  return `node-timings/${evalKey}`;
}

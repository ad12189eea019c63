import { digest } from "../schema/canonical.ts";

/** Where a computed column is valid: world, domain, data and engine are inside the key, so a hit across contexts is impossible. */
export interface ComputeContext {
  readonly nodeId: string;
  readonly world: string;
  readonly domain: string;
  /** Slice of the universe, when work is split; `""` for the whole. */
  readonly partition: string;
  readonly engine: string;
  /** Merkle roots of the data blocks that reach the node, sorted by series. */
  readonly blocks: readonly string[];
}

/** @returns 64 hexadecimal digits */
export function computeKey(context: ComputeContext): string {
  return digest("computekey/1", { ...context, blocks: [...context.blocks] });
}

export interface EvaluationContext {
  readonly world: string;
  /** The execution domain that it is computed in. */
  readonly domain: string;
  readonly version: string;
  /** Digest of the graph that the params built. */
  readonly graph: string;
  readonly params: Readonly<Record<string, number | string>>;
  /** Digest of account, brokerage, policy and evaluators with their versions. */
  readonly worldConfig: string;
  /** Fingerprint of what is read as it was known at the run's `as_of`: another knowledge is another fingerprint. */
  readonly dataset: string;
  readonly schemas: string;
  readonly engine: string;
  /** Version of the guards, whose findings are part of the evaluation. */
  readonly guards: string;
}

/** An evaluation is a pure function of this key; equal keys need no second run. @returns 64 hexadecimal digits */
export function evalKey(context: EvaluationContext): string {
  return digest("evalkey/2", { ...context, params: { ...context.params } });
}

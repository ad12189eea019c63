import type {
  AllocatedShare,
  AllocationExplanation,
  AllocationInput,
  Allocator,
  BindingLimit,
} from "../contract/allocator.ts";
import { callPurePlugin, type Fault } from "./call.ts";
import { type GuardScope, isRecord, show, siteOf } from "./guard.ts";

/** What rounding may add to a sum of shares. */
const TOLERANCE = 1e-12;

/**
 * An allocator whose every answer keeps the laws. Gives one share per candidate, in the order of the candidates; one that the
 * plugin leaves out gets 0. The plugin sees copies: it can't reach the caller's arrays.
 */
export function guardAllocator(allocator: Allocator, scope: GuardScope): Allocator {
  const { explain } = allocator;
  return {
    allocate: (input) =>
      callPurePlugin(
        siteOf(scope, "allocate"),
        () => allocator.allocate(copyAllocationInput(input)),
        (answer, fault) => checkShares(answer, input, fault),
      ),
    ...(explain !== undefined && {
      explain: (input, options) =>
        callPurePlugin(
          siteOf(scope, "explain"),
          () => explain.call(allocator, copyAllocationInput(input), { ...options }),
          (answer, fault) => checkExplanation(answer, input, fault),
        ),
    }),
  };
}

/** An explanation whose shares keep the laws, and whose rest can be recorded: plain, finite, named. */
function checkExplanation(answer: unknown, input: AllocationInput, fault: Fault): AllocationExplanation {
  if (!isRecord(answer)) return fault("is not an explanation");
  const shares = checkShares(answer["shares"], input, fault);
  const { method, fallback, notes, figures, binding } = answer as unknown as AllocationExplanation;
  if (typeof method !== "string" || method === "") fault("names no method");
  if (fallback !== undefined && (typeof fallback !== "string" || fallback === ""))
    fault("has a fallback without a reason");
  if (!Array.isArray(notes) || notes.some((note) => typeof note !== "string")) fault("has notes that are no sentences");
  if (!isRecord(figures)) fault("has no figures");
  for (const [name, value] of Object.entries(figures))
    if (!Number.isFinite(value)) fault(`gives the figure ${show(name)} as ${value}`);
  if (!Array.isArray(binding)) fault("does not say which limits bind");
  for (const limit of binding as readonly unknown[]) {
    if (!isRecord(limit)) return fault("has a limit that is no object");
    const { name, bound, multiplier } = limit as unknown as BindingLimit;
    if (typeof name !== "string" || !Number.isFinite(bound)) fault("has a limit without a name or a bound");
    if (!(Number.isFinite(multiplier) && multiplier >= 0))
      fault(`gives the limit ${show(name)} the multiplier ${multiplier}`);
  }
  return { shares, method, ...(fallback !== undefined && { fallback }), notes, figures, binding };
}

/** A copy that shares nothing with the original; its plain parts are frozen. */
export function copyAllocationInput(input: AllocationInput): AllocationInput {
  const candidates = input.candidates.map((candidate) =>
    Object.freeze({ ...candidate, returns: candidate.returns.slice() }),
  );
  return Object.freeze({ candidates: Object.freeze(candidates), times: input.times.slice(), budget: input.budget });
}

/** The laws that one answer can show: finite, within 0 and 1, at most the budget, nothing to the inactive, nobody unknown or twice. */
export function checkShares(answer: unknown, input: AllocationInput, fault: Fault): readonly AllocatedShare[] {
  if (!Array.isArray(answer)) fault("is not a list of shares");
  const shares = new Map<string, number>();
  for (const entry of answer as readonly unknown[]) {
    if (!isRecord(entry) || typeof entry["strategy"] !== "string" || typeof entry["share"] !== "number")
      fault("holds an entry that is not { strategy, share }");
    const { strategy, share } = entry as unknown as AllocatedShare;
    const candidate = input.candidates.find((one) => one.strategy === strategy);
    if (candidate === undefined) fault(`gives a share to ${show(strategy)}, which is no candidate`);
    if (shares.has(strategy)) fault(`names ${show(strategy)} twice`);
    if (!Number.isFinite(share)) fault(`gives ${show(strategy)} the share ${share}`);
    if (share < 0 || share > 1) fault(`gives ${show(strategy)} the share ${share}, which is not between 0 and 1`);
    if (!candidate?.active && share !== 0) fault(`gives ${share} to ${show(strategy)}, which is not active`);
    shares.set(strategy, share);
  }
  const total = [...shares.values()].reduce((sum, share) => sum + share, 0);
  if (total > input.budget + TOLERANCE) fault(`gives ${total} in all, more than the budget of ${input.budget}`);
  return input.candidates.map(({ strategy }) => ({ strategy, share: shares.get(strategy) ?? 0 }));
}

import type { AllocationExplanation } from "../plugin/contract/allocator.ts";
import type { AllocationWord } from "./record.ts";

/** What of an explanation stands in the decision: all but the shares, which stand with their versions, and what wider limits change. */
export function allocationWord({ method, fallback, notes, figures, binding }: AllocationExplanation): AllocationWord {
  return {
    method,
    ...(fallback !== undefined && { fallback }),
    notes,
    figures,
    binding: binding.map(({ name, kind, of, bound, multiplier }) => ({
      name,
      kind,
      ...(of !== undefined && { of }),
      bound,
      multiplier,
    })),
  };
}

/** One finished call on a reference. `invoked` and `answered` are positions in one order of all events. */
export interface Operation {
  readonly invoked: number;
  readonly answered: number;
  readonly call:
    | { readonly kind: "ref"; readonly answer: string | undefined }
    | { readonly kind: "putIfAbsent"; readonly value: string; readonly answer: "created" | "exists" }
    | {
        readonly kind: "compareAndSet";
        readonly expected: string;
        readonly value: string;
        readonly answer: "set" | "conflict";
      };
}

type Value = string | undefined;

/**
 * True when the answers can be explained by calls that each took effect at one instant between their invocation and their
 * answer (Wing and Gong 1993, with the memory of Lowe 2017). For one reference; about 20 calls are quick.
 */
export function isLinearizable(operations: readonly Operation[]): boolean {
  const dead = new Set<string>();
  const search = (left: readonly Operation[], value: Value): boolean => {
    if (left.length === 0) return true;
    const key = JSON.stringify([left.map((operation) => operation.invoked), value ?? null]);
    if (dead.has(key)) return false;
    const horizon = Math.min(...left.map((operation) => operation.answered));
    for (const operation of left) {
      // Something else had been answered before this one was even invoked: it can't be next.
      if (operation.invoked > horizon) continue;
      const next = step(operation, value);
      if (
        next !== undefined &&
        search(
          left.filter((other) => other !== operation),
          next.value,
        )
      )
        return true;
    }
    dead.add(key);
    return false;
  };
  return search(operations, undefined);
}

/** The value afterwards, or nothing when the answer does not fit. */
function step({ call }: Operation, value: Value): { readonly value: Value } | undefined {
  switch (call.kind) {
    case "ref":
      return call.answer === value ? { value } : undefined;
    case "putIfAbsent":
      if (value === undefined) return call.answer === "created" ? { value: call.value } : undefined;
      return call.answer === "exists" ? { value } : undefined;
    case "compareAndSet":
      if (value === call.expected) return call.answer === "set" ? { value: call.value } : undefined;
      return call.answer === "conflict" ? { value } : undefined;
  }
}

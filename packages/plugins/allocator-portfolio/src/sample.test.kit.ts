import type { AllocationExplanation, AllocationInput, Plugin, SetupContext } from "@qmtl/core/plugin";

const DAY = 86_400_000;

/** Draws in [-1, 1) that follow from a seed. */
function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2_147_483_648 - 1;
  };
}

/** Series with a common factor, each with a mean and a volatility of its own. */
export function someReturns(count: number, periods: number, seed = 1): readonly Float64Array[] {
  const draw = draws(seed);
  const noise = (): number => draw() + draw() + draw();
  const factor = Float64Array.from({ length: periods }, noise);
  return Array.from({ length: count }, (_, i) => {
    const [share, mean] = [draw() + 0.5, 0.001 * draw()];
    return factor.map((value) => mean + 0.01 * (share * value + (0.5 + i / count) * noise()));
  });
}

export function nameOf(i: number): string {
  return `s${String(i).padStart(3, "0")}`;
}

export function inputOf(
  returns: readonly Float64Array[],
  more: { readonly budget?: number; readonly held?: readonly number[]; readonly active?: readonly boolean[] } = {},
): AllocationInput {
  const { budget = 1, held, active } = more;
  return {
    candidates: returns.map((series, i) => ({
      strategy: nameOf(i),
      version: "1",
      active: active?.[i] ?? true,
      score: 0,
      returns: series,
      ...(held !== undefined && { held: held[i]! }),
    })),
    times: Float64Array.from({ length: returns[0]?.length ?? 0 }, (_, t) => t * DAY),
    budget,
  };
}

/** What a plugin answers, configured as a world would. @throws the first issue of the configuration */
export function explainBy<C>(
  plugin: Plugin<"allocator", C>,
  input: AllocationInput,
  config: unknown = {},
  relax = false,
): AllocationExplanation {
  const checked = plugin.config["~standard"].validate(config);
  if (checked instanceof Promise) throw new Error("a configuration is checked at once");
  if (checked.issues !== undefined) throw new Error(checked.issues.map(({ message }) => message).join("; "));
  const allocator = plugin.setup({} as SetupContext, checked.value);
  if (allocator instanceof Promise || allocator.explain === undefined) throw new Error("it explains nothing");
  return allocator.explain(input, { relax });
}

export function sharesBy<C>(plugin: Plugin<"allocator", C>, input: AllocationInput, config: unknown = {}): number[] {
  return explainBy(plugin, input, config).shares.map(({ share }) => share);
}

// How long allocators take, over a thousand sessions: the slowest of all but CVaR, which has a linear program over the sessions and is
// measured for itself. Prints { allocate_50_ms, allocate_500_ms, allocate_cvar_50_ms, allocate_cvar_500_ms, slowest_50, slowest_500 }.
import * as allocators from "@qmtl/allocator-portfolio";

const SESSIONS = 1000;

/** Draws in [-1, 1) that follow from a seed. */
function draws(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2_147_483_648 - 1;
  };
}

function input(count) {
  const draw = draws(count);
  const factor = Float64Array.from({ length: SESSIONS }, draw);
  const candidates = Array.from({ length: count }, (_, i) => {
    const [share, mean] = [draw() + 0.5, 0.001 * draw()];
    const returns = factor.map((value) => mean + 0.01 * (share * value + (0.5 + i / count) * draw()));
    return { strategy: `s${String(i).padStart(3, "0")}`, version: "1", active: true, score: 0, returns };
  });
  return { candidates, times: Float64Array.from({ length: SESSIONS }, (_, t) => t), budget: 1 };
}

function cpuMs(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The median of a few runs, after one that warms up. */
function measure(plugin, count, runs) {
  const allocator = plugin.setup({}, plugin.config["~standard"].validate({}).value);
  const given = input(count);
  const { fallback } = allocator.explain(given, { relax: false });
  if (fallback !== undefined) throw new Error(`${plugin.use}: ${fallback}`);
  const times = Array.from({ length: runs }, () => cpuMs(() => allocator.allocate(given)));
  return times.toSorted((a, b) => a - b)[Math.floor(runs / 2)];
}

function slowest(count, runs) {
  const all = Object.values(allocators)
    .filter(({ use }) => use !== "minimum-cvar")
    .map((plugin) => ({ use: plugin.use, ms: measure(plugin, count, runs) }));
  return all.toSorted((a, b) => b.ms - a.ms)[0];
}

const [few, many] = [slowest(50, 9), slowest(500, 3)];
console.log(
  JSON.stringify({
    allocate_50_ms: Math.round(few.ms * 10) / 10,
    allocate_500_ms: Math.round(many.ms),
    allocate_cvar_50_ms: Math.round(measure(allocators.minimumCvar, 50, 21)),
    allocate_cvar_500_ms: Math.round(measure(allocators.minimumCvar, 500, 3)),
    slowest_50: few.use,
    slowest_500: many.use,
  }),
);

// The reference task: SMA(10) > SMA(30) on close, long one unit from the next bar's open, else flat; a fee of 0.02 % of the
// notional on both sides; cash 1,000,000; equity marked at every close; on seeded one-minute bars without ties.

/** Seeded one-minute bars: a geometric random walk with a weak pull to 100; with a tick, prices are rounded to it. `ts` is the bar's start in epoch ms. */
export function series(n, { seed = 42, tick = 0 } = {}) {
  const snap = (value) => (tick > 0 ? Math.round(value / tick) * tick : value);
  let state = seed;
  const uniform = () => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  let spare = null;
  const normal = () => {
    // Box-Muller, both values used
    if (spare !== null) {
      const s = spare;
      spare = null;
      return s;
    }
    const u = Math.max(uniform(), 1e-12);
    const v = uniform();
    const m = Math.sqrt(-2 * Math.log(u));
    spare = m * Math.sin(2 * Math.PI * v);
    return m * Math.cos(2 * Math.PI * v);
  };
  const out = Object.fromEntries(
    ["ts", "open", "high", "low", "close", "volume"].map((key) => [key, new Float64Array(n)]),
  );
  let price = 100;
  for (let i = 0; i < n; i++) {
    const open = snap(price * (1 + 0.0001 * normal()));
    const close = snap(Math.max(0.01, open * (1 + 0.0006 * normal() - 0.02 * 0.0006 * Math.log(open / 100))));
    const high = snap(Math.max(open, close) * (1 + 0.0003 * Math.abs(normal())));
    const low = snap(Math.min(open, close) * (1 - 0.0003 * Math.abs(normal())));
    out.ts[i] = Date.UTC(2020, 0, 1) + i * 60_000;
    out.open[i] = open;
    out.close[i] = close;
    out.high[i] = Math.max(high, open, close);
    out.low[i] = Math.min(low, open, close);
    out.volume[i] = Math.round(1000 * Math.exp(0.5 * normal()));
    price = close;
  }
  return out;
}

/** The tightest loop: the denominator of every ratio. */
export function fusedSmaCross({ open, close }, { fast = 10, slow = 30, fee = 0.0002, cash = 1e6 } = {}) {
  const n = close.length;
  const equity = new Float64Array(n);
  let sumFast = 0;
  let sumSlow = 0;
  let position = 0;
  let want = 0;
  let entries = 0;
  for (let i = 0; i < n; i++) {
    if (want !== position) {
      const p = open[i];
      const f = p * fee;
      if (want === 1) {
        cash -= p + f;
        entries++;
      } else cash += p - f;
      position = want;
    }
    const x = close[i];
    sumFast += x;
    sumSlow += x;
    if (i >= fast) sumFast -= close[i - fast];
    if (i >= slow) sumSlow -= close[i - slow];
    want = i >= slow - 1 && sumFast / fast > sumSlow / slow ? 1 : 0;
    equity[i] = cash + position * x;
  }
  return { entries, finalEquity: equity[n - 1], equity };
}

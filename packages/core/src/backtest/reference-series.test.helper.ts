/** Seeded one-minute bars: a geometric random walk with a weak pull to 100; with a tick, prices are rounded to it. */
export function referenceSeries(n: number, tick = 0) {
  let state = 42;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  let spare: number | undefined;
  const normal = () => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    const u = Math.max(uniform(), 1e-12);
    const v = uniform();
    const m = Math.sqrt(-2 * Math.log(u));
    spare = m * Math.sin(2 * Math.PI * v);
    return m * Math.cos(2 * Math.PI * v);
  };
  const stamps = new Float64Array(n);
  const columns = {
    open: new Float64Array(n),
    high: new Float64Array(n),
    low: new Float64Array(n),
    close: new Float64Array(n),
    volume: new Float64Array(n),
  };
  const snap = (value: number): number => (tick > 0 ? Math.round(value / tick) * tick : value);
  let price = 100;
  for (let i = 0; i < n; i++) {
    const open = snap(price * (1 + 0.0001 * normal()));
    const close = snap(Math.max(0.01, open * (1 + 0.0006 * normal() - 0.02 * 0.0006 * Math.log(open / 100))));
    const high = snap(Math.max(open, close) * (1 + 0.0003 * Math.abs(normal())));
    const low = snap(Math.min(open, close) * (1 - 0.0003 * Math.abs(normal())));
    stamps[i] = Date.UTC(2020, 0, 1) + (i + 1) * 60_000;
    columns.open[i] = open;
    columns.close[i] = close;
    columns.high[i] = Math.max(high, open, close);
    columns.low[i] = Math.min(low, open, close);
    columns.volume[i] = Math.round(1000 * Math.exp(0.5 * normal()));
    price = close;
  }
  return { stamps, columns };
}

/** Equity over time, point by point. */
export interface Curve {
  times: Float64Array;
  equity: Float64Array;
  exposure: Float64Array;
  length: number;
}

export function createCurve(capacity: number): Curve {
  const floats = () => new Float64Array(capacity);
  return { times: floats(), equity: floats(), exposure: floats(), length: 0 };
}

export function append(curve: Curve, time: number, equity: number, exposure: number): void {
  const at = curve.length;
  if (at === curve.times.length) grow(curve, at + 1);
  curve.times[at] = time;
  curve.equity[at] = equity;
  curve.exposure[at] = exposure;
  curve.length = at + 1;
}

/** Makes room for so many points more. */
export function reserve(curve: Curve, points: number): void {
  if (curve.length + points > curve.times.length) grow(curve, curve.length + points);
}

function grow(curve: Curve, least: number): void {
  const capacity = Math.max(1024, least, 2 * curve.times.length);
  const longer = (from: Float64Array) => {
    const to = new Float64Array(capacity);
    to.set(from);
    return to;
  };
  curve.times = longer(curve.times);
  curve.equity = longer(curve.equity);
  curve.exposure = longer(curve.exposure);
}

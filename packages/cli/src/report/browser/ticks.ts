export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** Round numbers within a range, `about` as many, a multiple of 1, 2 or 5 times a power of ten apart. */
export function numberTicks(low: number, high: number, about: number): readonly number[] {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [low];
  const rough = span / Math.max(1, about);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // By multiplication: repeated addition would drift off the round numbers.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
const DAY = 86_400_000;

/** Beginnings of years, months or days within a range of ms UTC, at most `most`. */
export function timeTicks(low: number, high: number, most: number): readonly Tick[] {
  const years = (high - low) / (365.25 * DAY);
  if (years * 12 > most * 6)
    return yearTicks(low, high, [1, 2, 5, 10, 20, 50].find((step) => years / step <= most) ?? 100);
  if (years * 365 > most * 10)
    return monthTicks(low, high, [1, 2, 3, 6].find((step) => (years * 12) / step <= most) ?? 12);
  const step = Math.max(1, Math.ceil((high - low) / DAY / most));
  const ticks: Tick[] = [];
  for (let value = Math.ceil(low / DAY) * DAY; value <= high; value += step * DAY) {
    const date = new Date(value);
    ticks.push({ value, label: `${MONTHS[date.getUTCMonth()] as string} ${date.getUTCDate()}` });
  }
  return ticks;
}

function yearTicks(low: number, high: number, step: number): readonly Tick[] {
  const ticks: Tick[] = [];
  for (let year = Math.ceil(new Date(low).getUTCFullYear() / step) * step; Date.UTC(year, 0) <= high; year += step)
    if (Date.UTC(year, 0) >= low) ticks.push({ value: Date.UTC(year, 0), label: String(year) });
  return ticks;
}

function monthTicks(low: number, high: number, step: number): readonly Tick[] {
  const ticks: Tick[] = [];
  const start = new Date(low);
  const first = start.getUTCFullYear() * 12 + start.getUTCMonth();
  for (let month = Math.ceil(first / step) * step; ; month += step) {
    const value = Date.UTC(Math.floor(month / 12), month % 12);
    if (value > high) return ticks;
    if (value < low) continue;
    const name = MONTHS[month % 12] as string;
    ticks.push({ value, label: month % 12 === 0 ? `${Math.floor(month / 12)}` : name });
  }
}

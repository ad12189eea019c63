import { type Html, html } from "./page/html.ts";

export interface Heatmap {
  /** What the columns are, and the name of each. */
  readonly x: { readonly label: string; readonly names: readonly string[] };
  /** What the rows are, and the name of each. */
  readonly y: { readonly label: string; readonly names: readonly string[] };
  /** One list per row, one value per column; `null` where there is none. */
  readonly value: readonly (readonly (number | null)[])[];
  readonly caption: string;
  readonly format: (value: number) => string;
  /** Where the colour changes: shades of loss below, of gain above. Without it shades go from the lowest to the highest value. */
  readonly centre?: number;
  /** One more column, in no colour. */
  readonly totals?: { readonly label: string; readonly values: readonly (number | null)[] };
}

const SHADES = 5;

/**
 * A table whose cells are shaded by their value. It is a table for those who don't see it, prints, and needs no script; a wide one scrolls in
 * its own place.
 *
 * @example
 * heatmap({ x: { label: "slow", names: ["50"] }, y: { label: "fast", names: ["5", "10"] }, value: [[0.4], [0.7]], caption: "Sharpe", format: String });
 */
export function heatmap({ x, y, value, caption, format, centre, totals }: Heatmap): Html {
  const shade = shades(value.flat(), centre);
  const cell = (of: number | null): Html =>
    of === null ? html`<td class="none"></td>` : html`<td class="${shade(of)}">${format(of)}</td>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="heatmap">
<caption class="unseen">${caption}: ${y.label} down, ${x.label} across</caption>
<thead><tr><th scope="col">${y.label}</th>${x.names.map((name) => html`<th scope="col">${name}</th>`)}${
    totals && html`<th scope="col" class="total">${totals.label}</th>`
  }</tr></thead>
<tbody>
${y.names.map((name, row) => {
  const total = totals?.values[row] ?? null;
  return html`<tr><th scope="row">${name}</th>${x.names.map((_, column) => cell(value[row]?.[column] ?? null))}${
    totals && html`<td class="total">${total === null ? "" : format(total)}</td>`
  }</tr>
`;
})}</tbody>
</table></div>`;
}

/** The class of a value's shade: `gain-5` to `gain-1`, `even`, `loss-1` to `loss-5`. */
function shades(values: readonly (number | null)[], centre: number | undefined): (value: number) => string {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values)
    if (value !== null && Number.isFinite(value)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  if (centre === undefined) {
    const span = high - low;
    return (value) => (span > 0 ? `gain-${Math.min(SHADES, 1 + Math.floor(((value - low) / span) * SHADES))}` : "even");
  }
  // One outlier does not take the colour from all others: full shade begins at three times the mean distance.
  const known = values.filter((value) => value !== null && Number.isFinite(value));
  const mean =
    known.reduce<number>((sum, value) => sum + Math.abs((value as number) - centre), 0) / (known.length || 1);
  const full = Math.min(Math.max(high - centre, centre - low), 3 * mean);
  return (value) => {
    const distance = Math.abs(value - centre) / full;
    if (!(distance > 0)) return "even";
    return `${value > centre ? "gain" : "loss"}-${Math.min(SHADES, Math.max(1, Math.ceil(distance * SHADES)))}`;
  };
}

const WIDTH = 240;
const HEIGHT = 48;
/** So that the line is not cut at its peaks. */
const MARGIN = 2;

/**
 * Equity as a small picture for a hover: a line over its start. It carries its own colours, which are told apart on light and dark grounds
 * alike: a picture in a hover knows no theme.
 *
 * @returns an SVG document as a data URI; undefined for less than two points
 */
export function sparkline(equity: readonly number[]): string | undefined {
  const [start] = equity;
  if (start === undefined || equity.length < 2) return undefined;
  const [least, greatest] = [Math.min(...equity), Math.max(...equity)];
  const span = greatest - least || 1;
  const x = (at: number): string => ((at / (equity.length - 1)) * WIDTH).toFixed(1);
  const y = (value: number): string => (MARGIN + (1 - (value - least) / span) * (HEIGHT - 2 * MARGIN)).toFixed(1);
  const line = equity.map((value, at) => `${at === 0 ? "M" : "L"}${x(at)} ${y(value)}`).join("");
  const base = y(start);
  const colour = (equity.at(-1) ?? start) >= start ? "#2e8b57" : "#d1495b";
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">` +
    `<path d="M0 ${base}H${WIDTH}" stroke="#888" stroke-width="1" stroke-dasharray="3 3"/>` +
    `<path d="${line}" fill="none" stroke="${colour}" stroke-width="1.5" stroke-linejoin="round"/></svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
}

import { type Html, html } from "./html.ts";

type Cell = Html | string;

export interface Column {
  readonly title: Cell;
  readonly left?: boolean;
}

/** A table that scrolls in its own place where it is wide, and where `tall` is set also where it is long. The first cell of a row names it. */
export function dataTable(of: {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  readonly caption?: string;
  readonly tall?: boolean;
  /** The last row sums up the others. */
  readonly sum?: boolean;
}): Html {
  const { label, columns, rows, caption, tall, sum } = of;
  const side = (i: number): Html | undefined => (columns[i]?.left === true ? html` class="left"` : undefined);
  return html`<div class="scroll${tall === true && rows.length > 14 ? " tall" : ""}" tabindex="0" role="region" aria-label="${label}"><table>
${caption === undefined ? undefined : html`<caption>${caption}</caption>`}
<thead><tr>${columns.map(({ title }, i) => html`<th scope="col"${side(i)}>${title}</th>`)}</tr></thead>
<tbody>
${rows.map(
  (cells, row) =>
    html`<tr${sum === true && row === rows.length - 1 ? html` class="sum"` : undefined}>${cells.map((cell, i) => (i === 0 ? html`<th scope="row">${cell}</th>` : html`<td${side(i)}>${cell}</td>`))}</tr>
`,
)}</tbody>
</table></div>`;
}

/** A number in the colour of its sign. */
export function signed(value: number, text: string): Html {
  return html`<span class="${value > 0 ? "good" : value < 0 ? "bad" : "even"}">${text}</span>`;
}

/** What stands where there is nothing to show, and why. */
export function empty(why: string): Html {
  return html`<p class="empty">${why}</p>`;
}

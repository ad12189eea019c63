import { columnKey, type Lineage, readersOf } from "../graph/lineage.ts";
import type { ColumnRef, Picture, PictureNode } from "../graph/picture.ts";
import { element } from "./element.ts";
import { type Heat, letterOf, timeText } from "./graph-chart.ts";

type OnColumn = (key: string, column: string) => void;

/** What there is to say of one node, its columns as buttons, and where the chosen one comes from and goes to. */
export function nodeDetails(of: {
  readonly picture: Picture;
  readonly node: PictureNode;
  readonly column: string | null;
  readonly lineage: Lineage | undefined;
  readonly heat: Heat | undefined;
  readonly onColumn: OnColumn;
  readonly onReveal: (key: string, column: string | null) => void;
}): readonly HTMLElement[] {
  const { picture, node, column, lineage, heat, onColumn, onReveal } = of;
  const facts: readonly (readonly [string, string])[] = [
    ["Kind", node.kind],
    ["Clock", node.interval],
    ["Warm-up", node.warmUp],
    ["May run in", domainsText(node)],
    ["Reads", readsText(picture, node)],
    ["Read by", readByText(picture, node)],
    ["Computed for", (heat && timeText(node, heat)) ?? ""],
  ];
  const title = element("h2", {}, node.title);
  if (node.hasPlace) {
    const button = element("button", { type: "button", class: "reveal" }, "Show in Editor");
    button.addEventListener("click", () => onReveal(node.key, column));
    title.append(button);
  }
  const out: HTMLElement[] = [
    title,
    element(
      "dl",
      {},
      ...facts
        .filter(([, text]) => text !== "")
        .flatMap(([name, text]) => [element("dt", {}, name), element("dd", {}, text)]),
    ),
  ];
  const columns = node.columns ?? [];
  if (columns.length > 0)
    out.push(
      element("h3", {}, node.key === "result" ? "Decided on" : "Columns"),
      element(
        "ul",
        { class: "columns" },
        ...columns.map(({ name, cell }) => {
          const button = element(
            "button",
            { type: "button", "aria-pressed": String(name === column) },
            name,
            element("span", { class: "cell" }, ` ${cell}`),
          );
          button.addEventListener("click", () => onColumn(node.key, name));
          return element("li", {}, button);
        }),
      ),
    );
  if (column !== null && lineage !== undefined) {
    const own = columns.find(({ name }) => name === column);
    const of: ColumnRef = { node: node.key, column };
    out.push(
      ...refs("Made of", own?.from ?? null, lineage.upstream, picture, onColumn),
      ...refs("Goes into", readersOf(picture, of), lineage.downstream, picture, onColumn),
    );
  }
  return out;
}

/** The columns one step away, and how many there are over all steps. */
function refs(
  title: string,
  near: readonly ColumnRef[] | null,
  all: ReadonlySet<string>,
  picture: Picture,
  onColumn: OnColumn,
): readonly HTMLElement[] {
  const heading = element("h3", {}, title);
  if (near === null) return [heading, element("p", { class: "quiet" }, "That can't be told from the text.")];
  if (near.length === 0) return [heading, element("p", { class: "quiet" }, "Nothing.")];
  const further = [...all].filter((key) => !near.some((one) => columnKey(one) === key)).length;
  return [
    heading,
    element(
      "ul",
      { class: "columns" },
      ...near.map(({ node, column }) => {
        const button = element("button", { type: "button" }, `${titleOf(picture, node)}.${column}`);
        button.addEventListener("click", () => onColumn(node, column));
        return element("li", {}, button);
      }),
    ),
    ...(further === 0
      ? []
      : [element("p", { class: "quiet" }, `and ${further} ${further === 1 ? "column" : "columns"} further away`)]),
  ];
}

/** Everything that the chart shows, in words and numbers. */
export function graphTable(picture: Picture, heat: Heat | undefined): HTMLElement {
  const times = heat === undefined ? [] : ["Computed for"];
  const head = ["Node", "Kind", "Clock", "May run in", "Warm-up", "Columns", "Reads", "Read by", ...times];
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)))),
    element(
      "tbody",
      {},
      ...picture.nodes.map((node) =>
        element(
          "tr",
          {},
          element("th", { scope: "row" }, node.title),
          ...[
            node.kind,
            node.interval,
            domainsText(node),
            node.warmUp,
            node.columns === null
              ? "can't be told"
              : node.columns.map(({ name, cell }) => [name, cell].filter(Boolean).join(" ")).join(", "),
            readsText(picture, node),
            readByText(picture, node),
            ...(heat === undefined ? [] : [timeText(node, heat) ?? ""]),
          ].map((text) => element("td", {}, text)),
        ),
      ),
    ),
  );
}

function domainsText({ domains, isRestricted }: PictureNode): string {
  if (domains === null) return "can't be told";
  return isRestricted ? domains.map((domain) => `${letterOf(domain)} ${domain}`).join(", ") : "all domains";
}

function readsText(picture: Picture, { key }: PictureNode): string {
  return picture.edges
    .filter(({ to }) => to === key)
    .map(({ from, column, window }) => {
      const read = column === null ? titleOf(picture, from) : `${titleOf(picture, from)}.${column}`;
      return window === null ? read : `${read} (${window} bars)`;
    })
    .join(", ");
}

function readByText(picture: Picture, { key }: PictureNode): string {
  const readers = picture.edges.filter(({ from }) => from === key).map(({ to }) => titleOf(picture, to));
  return [...new Set(readers)].join(", ");
}

function titleOf({ nodes }: Picture, wanted: string): string {
  return nodes.find(({ key }) => key === wanted)?.title ?? wanted;
}

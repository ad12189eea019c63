import { type HotPath, msText, type NodeTimes, percentText, timeOf } from "../graph/hot-path.ts";
import { type Box, HEAD, type Layout, pathOf, ROW, room } from "../graph/layout.ts";
import { columnKey, type Lineage } from "../graph/lineage.ts";
import type { PictureEdge, PictureNode } from "../graph/picture.ts";
import { shape } from "./element.ts";

/** What is singled out in the chart. */
export interface Shown {
  readonly node: string | null;
  readonly column: string | null;
  /** Of the column. */
  readonly lineage: Lineage | undefined;
  /** The node that the editor's caret stands in. */
  readonly caret: string | null;
  /** Where the last run spent its time, where that is to be seen. */
  readonly heat: Heat | undefined;
}

export interface Heat {
  readonly times: NodeTimes;
  readonly path: HotPath;
}

export interface Chart {
  readonly svg: SVGSVGElement;
  /** One for each node; they take the focus in turn. */
  readonly nodes: ReadonlyMap<string, SVGGElement>;
  show(shown: Shown): void;
}

const PAD = 8;
const LETTER = 16;

/** The graph as a picture whose nodes are buttons. */
export function drawChart(
  { boxes, routes, width, height }: Layout,
  on: { readonly node: (key: string) => void; readonly column: (key: string, column: string) => void },
): Chart {
  const edges = routes.map(({ edge, points }) => ({ edge, path: shape("path", { class: "edge", d: pathOf(points) }) }));
  const drawn = boxes.map((box) => drawBox(box, on));
  const svg = shape(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": "Strategy graph" },
    shape("g", { "aria-hidden": "true" }, ...edges.map(({ path }) => path)),
    ...drawn.map(({ group }) => group),
  );
  return {
    svg,
    nodes: new Map(drawn.map(({ key, group }) => [key, group])),
    show: ({ node, column, lineage, caret, heat }) => {
      const start = node === null || column === null ? undefined : columnKey({ node, column });
      const touched = new Set(
        [...(lineage?.upstream ?? []), ...(lineage?.downstream ?? [])].map((key) => key.slice(0, key.indexOf("\n"))),
      );
      for (const { key, box, group, rows, time } of drawn) {
        const isHot = heat?.path.nodes.includes(key) === true;
        group.classList.toggle("hot", isHot);
        group.setAttribute("aria-label", [labelOf(box), heat && timeText(box.node, heat)].filter(Boolean).join(", "));
        time.textContent = heat === undefined ? "" : `${isHot ? `${HOT} ` : ""}${shortTime(box.node, heat)}`;
        group.classList.toggle("selected", key === node);
        group.classList.toggle("caret", key === caret);
        group.classList.toggle("faint", lineage !== undefined && key !== node && !touched.has(key));
        group.setAttribute("aria-pressed", String(key === node));
        for (const [name, row] of rows) {
          const of = columnKey({ node: key, column: name });
          row.classList.toggle("start", of === start);
          row.classList.toggle("upstream", lineage?.upstream.has(of) === true);
          row.classList.toggle("downstream", lineage?.downstream.has(of) === true);
        }
      }
      for (const { edge, path } of edges) {
        path.classList.toggle("hot", heat?.path.edges.has(edge) === true);
        mark(path, edge, node, lineage);
      }
    },
  };
}

function mark(path: SVGPathElement, edge: PictureEdge, node: string | null, lineage: Lineage | undefined): void {
  const upstream = lineage === undefined ? edge.to === node : lineage.upstreamEdges.has(edge);
  const downstream = lineage === undefined ? edge.from === node : lineage.downstreamEdges.has(edge);
  path.classList.toggle("upstream", upstream);
  path.classList.toggle("downstream", !upstream && downstream);
  path.classList.toggle("faint", lineage !== undefined && !upstream && !downstream);
  // What is singled out is drawn over the rest.
  if (upstream || downstream || path.classList.contains("hot")) path.parentNode?.append(path);
}

/** Stands beside everything on the hot path: it is never told by colour alone. */
export const HOT = "◆";

/** What a node took, in words; `undefined` where it was not measured. */
export function timeText(node: PictureNode, { times, path }: Heat): string | undefined {
  const time = timeOf(node, times);
  const hot = path.nodes.includes(node.key) ? "on the hot path" : undefined;
  if (time === undefined) return hot;
  return [`${msText(time.ms)}, ${percentText(time.share)}`, hot].filter(Boolean).join(", ");
}

function shortTime(node: PictureNode, { times }: Heat): string {
  const time = timeOf(node, times);
  return time === undefined ? "" : `${msText(time.ms)} · ${percentText(time.share)}`;
}

interface DrawnBox {
  readonly key: string;
  readonly box: Box;
  /** Above the box. */
  readonly time: SVGTextElement;
  readonly group: SVGGElement;
  readonly rows: ReadonlyMap<string, SVGGElement>;
}

function drawBox(
  box: Box,
  on: { readonly node: (key: string) => void; readonly column: (key: string, column: string) => void },
): DrawnBox {
  const { node, x, y, width, height, rows, hidden } = box;
  const letters = node.isRestricted ? (node.domains ?? []) : [];
  const under = [node.kind, node.interval].filter((text) => text !== "").join(", ");
  const lines = rows.map(({ name, cell }, i): [string, SVGGElement] => {
    const top = HEAD + i * ROW;
    const space = room(width);
    const line = shape(
      "g",
      { class: "row" },
      shape("rect", { class: "ground", x: 1, y: top, width: width - 2, height: ROW }),
      shape("text", { x: PAD, y: top + 13 }, cut(name, space)),
      shape(
        "text",
        { class: "cell", x: width - PAD, y: top + 13, "text-anchor": "end" },
        cut(cell, space - name.length - 2),
      ),
    );
    line.addEventListener("click", (event) => {
      event.stopPropagation();
      on.column(node.key, name);
    });
    return [name, line];
  });
  const time = shape("text", { class: "time", x: 2, y: -5, "aria-hidden": "true" });
  const group = shape(
    "g",
    {
      class: ["node", node.reachesResult ? "" : "unused", node.key === "result" ? "result" : ""].join(" ").trim(),
      transform: `translate(${x} ${y})`,
      role: "button",
      tabindex: -1,
      "aria-pressed": "false",
      "data-key": node.key,
      "aria-label": labelOf(box),
    },
    shape("title", {}, labelOf(box)),
    time,
    shape("rect", { class: "body", width, height, rx: 6 }),
    shape("text", { class: "title", x: PAD, y: 18 }, cut(node.title, room(width - letters.length * LETTER))),
    shape("text", { class: "kind", x: PAD, y: 34 }, cut(under, room(width))),
    ...letters.map((domain, i) => badge(domain, width - PAD - (letters.length - i) * LETTER + 2, 6)),
    rows.length === 0 ? undefined : shape("path", { class: "rule", d: `M0 ${HEAD - 2}H${width}` }),
    ...lines.map(([, line]) => line),
    hidden === 0
      ? undefined
      : shape("text", { class: "cell", x: PAD, y: HEAD + rows.length * ROW + 13 }, `and ${hidden} more`),
  );
  group.addEventListener("click", () => on.node(node.key));
  return { key: node.key, box, group, time, rows: new Map(lines) };
}

/** A domain by its colour and its letter: never by colour alone. */
function badge(domain: string, x: number, y: number): SVGGElement {
  return shape(
    "g",
    { class: `badge ${domain}`, transform: `translate(${x} ${y})` },
    shape("rect", { width: LETTER - 2, height: LETTER - 2, rx: 3 }),
    shape("text", { x: (LETTER - 2) / 2, y: 11, "text-anchor": "middle" }, letterOf(domain)),
  );
}

export function letterOf(domain: string): string {
  return domain.slice(0, 1).toUpperCase();
}

/** All that the box shows, for those who don't see it. */
function labelOf({ node }: Box): string {
  const columns = (node.columns ?? []).map(({ name }) => name);
  return [
    node.title,
    node.kind,
    node.interval,
    node.isRestricted ? `only in ${(node.domains ?? []).join(", ")}` : "",
    columns.length === 0 ? "" : `columns ${columns.join(", ")}`,
    node.reachesResult ? "" : "does not reach the decision",
  ]
    .filter((text) => text !== "")
    .join(", ");
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
}

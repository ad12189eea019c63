/** The page of a strategy's graph: draws what it is sent, and says what was chosen. */
import { hotPath, msText, type NodeTimes, percentText } from "../graph/hot-path.ts";
import { type Layout, layoutOf } from "../graph/layout.ts";
import { lineageOf } from "../graph/lineage.ts";
import type { GraphAnswerMessage, GraphMessage, GraphState } from "../graph/message.ts";
import { DOMAINS, type Picture } from "../graph/picture.ts";
import { type Direction, neighbour } from "../graph/walk.ts";
import { editor } from "./editor.ts";
import { element } from "./element.ts";
import { type Chart, drawChart, type Heat, HOT, letterOf } from "./graph-chart.ts";
import { graphTable, nodeDetails } from "./graph-words.ts";

const api = editor<GraphState>();
const kept = api.getState();

let pictures: readonly Picture[] = [];
let file = "";
let strategy = kept?.strategy ?? 0;
let node = kept?.node ?? null;
let column = kept?.column ?? null;
let zoom = kept?.zoom ?? null;
let caret: string | null = null;
let hot = kept?.hot ?? false;
let times: NodeTimes | null = null;
let layout: Layout | undefined;
let chart: Chart | undefined;

const NEAREST = 2;
const FURTHEST = 0.3;
/** A graph that has to be smaller than this to be seen whole is scrolled instead. */
const LEGIBLE = 0.75;

const choice = element("select", { "aria-label": "Strategy" });
const heading = element("h1");
const zoomText = element("output");
const view = element("div", { class: "view" });
const details = element("aside", { "aria-label": "Node" });
const table = element("details", { class: "table" }, element("summary", {}, "The graph as a table"));
const notes = element("ul", { class: "notes", "aria-label": "What can't be told" });
const said = element("p", { class: "said", role: "status" });
const hotToggle = element(
  "button",
  { type: "button", class: "toggle", "aria-pressed": "false", title: "Where the last run spent its time" },
  `${HOT} Hot path`,
);
const hotKey = element("li", {}, element("span", { class: "hot-key" }, HOT), "hot path");
const heatText = element("p", { class: "heat", role: "status" });
const chartArea = element("div", { class: "chart" }, view, details);

document
  .getElementById("page")
  ?.append(element("header", {}, heading, choice, legend(), zoomBar()), heatText, chartArea, notes, table, said);
hotToggle.addEventListener("click", () => {
  hot = !hot;
  show();
});

choice.addEventListener("change", () => {
  strategy = Number(choice.value);
  choose(null, null);
  draw();
});
new ResizeObserver(scale).observe(view);
view.addEventListener("keydown", pressed);
view.addEventListener("click", (event) => {
  if (event.target === view || event.target === chart?.svg) choose(null, null);
});
window.addEventListener("message", ({ data }: MessageEvent<GraphMessage>) => receive(data));
tell({ kind: "ready" });

function tell(message: GraphAnswerMessage): void {
  api.postMessage(message);
}

function receive(message: GraphMessage): void {
  switch (message.kind) {
    case "pictures":
      pictures = message.pictures;
      file = message.file;
      strategy = Math.min(strategy, Math.max(0, pictures.length - 1));
      draw();
      return;
    case "times":
      times = message.times;
      show();
      return;
    case "caret":
      if (message.strategy !== strategy && pictures[message.strategy] !== undefined) {
        strategy = message.strategy;
        choose(null, null);
        draw();
      }
      caret = message.node;
      show();
      reveal(caret);
      return;
  }
}

/** Everything anew. What was chosen stays chosen where it is still there. */
function draw(): void {
  const picture = pictures[strategy];
  const hadFocus = view.contains(document.activeElement);
  heading.textContent = picture === undefined ? file : picture.name;
  choice.replaceChildren(...pictures.map(({ name }, i) => element("option", { value: String(i) }, name)));
  choice.value = String(strategy);
  choice.hidden = pictures.length < 2;
  chartArea.hidden = picture === undefined;
  table.hidden = picture === undefined;
  notes.replaceChildren(...(picture?.unknowns ?? []).map((text) => element("li", {}, text)));
  if (picture === undefined) {
    said.textContent = `There is no strategy in ${file}.`;
    return;
  }
  if (said.textContent !== "") said.textContent = "";
  layout = layoutOf(picture);
  chart = drawChart(layout, {
    node: (key) => choose(key, null),
    column: (key, name) => choose(key, name),
  });
  for (const [key, group] of chart.nodes) group.addEventListener("dblclick", () => open(key, null));
  view.replaceChildren(chart.svg);
  const known = picture.nodes.find(({ key }) => key === node);
  if (known === undefined) [node, column] = [null, null];
  // Columns that can't be told yet may still come.
  else if (known.columns !== null && !hasColumn(known, column)) column = null;
  if (caret !== null && !chart.nodes.has(caret)) caret = null;
  scale();
  show();
  if (hadFocus) chart.nodes.get(entry())?.focus();
}

/** What is singled out, in the chart and beside it. */
function show(): void {
  const picture = pictures[strategy];
  if (picture === undefined || chart === undefined) return;
  const chosen = picture.nodes.find(({ key }) => key === node);
  const lineage =
    chosen === undefined || column === null || !hasColumn(chosen, column)
      ? undefined
      : lineageOf(picture, { node: chosen.key, column });
  const heat = heatOf(picture);
  chart.show({ node, column, lineage, caret, heat });
  hotToggle.setAttribute("aria-pressed", String(hot));
  hotKey.hidden = heat === undefined;
  const words = hot ? heatWords(picture, heat) : "";
  // Read out again only when it says something else.
  if (heatText.textContent !== words) heatText.textContent = words;
  table.replaceChildren(table.firstElementChild as Element, graphTable(picture, heat));
  for (const [key, group] of chart.nodes) group.setAttribute("tabindex", key === entry() ? "0" : "-1");
  details.replaceChildren(
    ...(chosen === undefined
      ? [
          element("p", { class: "quiet" }, "Choose a node for its columns, and a column for where it comes from."),
          element("p", { class: "quiet" }, "Arrow keys walk along the edges. Enter shows a node in the editor."),
        ]
      : nodeDetails({ picture, node: chosen, column, lineage, heat, onColumn: choose, onReveal: open })),
  );
  remember();
}

function hasColumn({ columns }: Picture["nodes"][number], column: string | null): boolean {
  return columns?.some(({ name }) => name === column) === true;
}

/** What is submitted of a file is its first strategy. */
function heatOf(picture: Picture): Heat | undefined {
  return hot && times !== null && strategy === 0 ? { times, path: hotPath(picture, times) } : undefined;
}

function heatWords({ nodes }: Picture, heat: Heat | undefined): string {
  if (heat === undefined) return "No run has measured this strategy yet: submit it to a world.";
  const { path, times: measured } = heat;
  const titles = path.nodes.map((key) => nodes.find((one) => one.key === key)?.title ?? key);
  const share = path.total === 0 ? 0 : path.ms / path.total;
  return `${HOT} ${titles.join(" → ")} took ${msText(path.ms)}, ${percentText(share)} of the ${msText(path.total)} that all nodes took in ${measured.of}.`;
}

/** The node that the tab key comes to. */
function entry(): string {
  return node ?? caret ?? layout?.boxes[0]?.node.key ?? "";
}

function choose(key: string | null, name: string | null): void {
  [node, column] = [key, name];
  const inside = details.contains(document.activeElement);
  show();
  if (inside) details.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
  reveal(key);
}

function open(key: string, name: string | null): void {
  tell({ kind: "reveal", strategy, node: key, column: name });
}

function reveal(key: string | null): void {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (key !== null)
    chart?.nodes.get(key)?.scrollIntoView({ block: "nearest", inline: "nearest", behavior: calm ? "auto" : "smooth" });
}

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowRight: "consumer",
  ArrowLeft: "input",
  ArrowUp: "above",
  ArrowDown: "below",
  Home: "first",
  End: "last",
};

function pressed(event: KeyboardEvent): void {
  const key = (event.target as Element).closest("[data-key]")?.getAttribute("data-key");
  const picture = pictures[strategy];
  if (key === null || key === undefined || picture === undefined || layout === undefined) return;
  const direction = DIRECTIONS[event.key];
  if (direction !== undefined) {
    const next = neighbour(picture, layout, key, direction);
    if (next !== undefined) {
      choose(next, null);
      chart?.nodes.get(next)?.focus();
    }
  } else if (event.key === "Enter") open(key, null);
  else if (event.key === " ") choose(key, null);
  else if (event.key === "Escape") choose(key, null);
  else return;
  event.preventDefault();
}

function scale(): void {
  if (chart === undefined || layout === undefined) return;
  chart.svg.setAttribute("width", String(layout.width * size()));
  chart.svg.setAttribute("height", String(layout.height * size()));
  zoomText.textContent = `${Math.round(size() * 100)} %`;
}

function size(): number {
  if (zoom !== null || layout === undefined) return zoom ?? 1;
  const whole = Math.min(view.clientWidth / layout.width, view.clientHeight / layout.height);
  return Math.min(1, Math.max(LEGIBLE, whole));
}

function zoomTo(next: number | null): void {
  zoom = next === null ? null : Math.min(NEAREST, Math.max(FURTHEST, next));
  scale();
  remember();
}

function zoomBar(): HTMLElement {
  const button = (text: string, label: string, next: () => number | null): HTMLElement => {
    const made = element("button", { type: "button", "aria-label": label, title: label }, text);
    made.addEventListener("click", () => zoomTo(next()));
    return made;
  };
  return element(
    "div",
    { class: "zoom", role: "group", "aria-label": "View" },
    hotToggle,
    button("−", "Smaller", () => size() / 1.25),
    zoomText,
    button("+", "Larger", () => size() * 1.25),
    button("Fit", "Fit the graph to its place", () => null),
  );
}

function legend(): HTMLElement {
  return element(
    "ul",
    { class: "legend", "aria-label": "Signs: domains that a node may be restricted to, and the hot path" },
    ...DOMAINS.map((domain) =>
      element("li", {}, element("span", { class: `letter ${domain}` }, letterOf(domain)), domain),
    ),
    hotKey,
  );
}

function remember(): void {
  const { uri } = JSON.parse(document.body.dataset["state"] ?? "") as Pick<GraphState, "uri">;
  api.setState({ uri, strategy, node, column, zoom, hot });
}

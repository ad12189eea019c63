/** Runs in the page: puts an interactive chart in the place of each static one. The page is complete without it. */
import type uPlot from "uplot";
import { formatX } from "./format.ts";
import { createLiveChart } from "./live-chart.ts";
import { readPalette } from "./palette.ts";
import type { ChartData, Payload } from "./payload.ts";

const YEAR = 365.25 * 86_400_000;
const axes = JSON.parse(element("run-data").textContent ?? "") as Payload;
const { x, time } = axes;
const whole: readonly [number, number] = [x[0] ?? 0, x.at(-1) ?? 0];
const charts = new Map<string, uPlot>();
const logarithmic = new Set<string>();
let palette = readPalette();
let range = whole;

if (x.length > 1) {
  for (const data of axes.charts) place(data);
  showToolbar();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  // Whoever shows the page may choose.
  new MutationObserver(recolour).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

function recolour(): void {
  palette = readPalette();
  for (const chart of charts.values()) chart.redraw(false);
}

function place(data: ChartData): void {
  const host = element(`chart-${data.id}`);
  const live = document.createElement("div");
  live.className = "live";
  host.append(live);
  host.classList.add("alive");
  host.tabIndex = 0;
  host.setAttribute("role", "group");
  host.addEventListener("keydown", (event) => {
    if (charts.get(data.id) !== undefined && key(data.id, event.key)) event.preventDefault();
  });
  // Also when a part of the page that was closed opens.
  new ResizeObserver(() => {
    const width = live.clientWidth;
    const chart = charts.get(data.id);
    if (width === 0) return;
    if (chart === undefined) draw(data, live);
    else if (chart.width !== width) chart.setSize({ width, height: chart.height });
  }).observe(live);
  if (!data.logarithmic) return;
  const button = element(`log-${data.id}`);
  button.hidden = false;
  button.addEventListener("click", () => {
    const on = !logarithmic.has(data.id);
    if (on) logarithmic.add(data.id);
    else logarithmic.delete(data.id);
    button.setAttribute("aria-pressed", String(on));
    charts.get(data.id)?.destroy();
    draw(data, live);
  });
}

function draw(data: ChartData, live: HTMLElement): void {
  const chart = createLiveChart({
    data,
    axes,
    place: live,
    readout: element(`readout-${data.id}`),
    palette: () => palette,
    logarithmic: logarithmic.has(data.id),
    zoomed: zoom,
  });
  charts.set(data.id, chart);
  if (range !== whole) chart.setScale("x", { min: range[0], max: range[1] });
}

/** All charts show the same range. */
function zoom(from: number, to: number): void {
  const next: readonly [number, number] = [Math.max(from, whole[0]), Math.min(to, whole[1])];
  // Every chart that follows says so afterwards.
  if (!(next[1] > next[0]) || same(next, range)) return;
  range = same(next, whole) ? whole : next;
  for (const chart of charts.values()) chart.setScale("x", { min: range[0], max: range[1] });
  const shown = x.filter((at) => at >= range[0] && at <= range[1]);
  element("shown-range").textContent =
    `${formatX(shown[0] ?? range[0], time)} to ${formatX(shown.at(-1) ?? range[1], time)}`;
  for (const button of document.querySelectorAll("button[data-years]"))
    button.setAttribute("aria-pressed", String(same(range, newest(button))));
}

function same(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function showToolbar(): void {
  for (const button of document.querySelectorAll("button[data-years]"))
    button.addEventListener("click", () => zoom(...newest(button)));
  element("toolbar").hidden = false;
}

/** The range of a button: its last years, as far as there are any. */
function newest(button: Element): readonly [number, number] {
  const years = Number(button.getAttribute("data-years") ?? "Infinity");
  return [Math.max(whole[0], whole[1] - years * YEAR), whole[1]];
}

/** @returns whether the key meant something */
function key(id: string, name: string): boolean {
  const [from, to] = range;
  const span = to - from;
  const middle = (from + to) / 2;
  if (name === "+" || name === "=") zoom(middle - span / 4, middle + span / 4);
  else if (name === "-") zoom(middle - span, middle + span);
  else if (name === "Escape" || name === "0") zoom(...whole);
  else if (name === "ArrowLeft" || name === "ArrowRight") move(id, name === "ArrowLeft" ? -1 : 1);
  else return false;
  return true;
}

/** Moves the shared cursor by one period. */
function move(id: string, by: number): void {
  const chart = charts.get(id);
  if (chart === undefined) return;
  const at = (chart.cursor.idx ?? (by > 0 ? -1 : x.length)) + by;
  const value = x[Math.max(0, Math.min(x.length - 1, at))];
  if (value === undefined) return;
  if (value < range[0] || value > range[1]) zoom(value - (range[1] - range[0]) / 2, value + (range[1] - range[0]) / 2);
  for (const other of charts.values())
    other.setCursor({ left: other.valToPos(value, "x"), top: other.over.clientHeight / 2 }, true);
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element ${id}`);
  return found;
}

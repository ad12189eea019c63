import { type AccountStanding, HOLD_REASONS, LEG_REASONS, type RunEvent } from "@qmtl/core";
import type { Colors } from "./error.ts";
import { renderError } from "./error.ts";
import { formatNumber } from "./number.ts";

/** Tells people, or whoever reads JSON lines, what a runner does. */
export interface RunOutput {
  tell(event: RunEvent): void;
  done(): void;
}

export interface RunOutputOptions {
  readonly json: boolean;
  /** One line per step of bars. */
  readonly verbose: boolean;
  readonly colors: Colors;
}

/** Between two lines of status where lines stay. */
const LINE_MS = 30_000;
/** Between two of a line that is written over. */
const REFRESH_MS = 100;

/**
 * With `json` every event is a line of standard output. For people, what happens once is a line of standard output, and the status one line of
 * standard error that is written over, or comes now and then where lines stay.
 */
export function createRunOutput({ json, verbose, colors }: RunOutputOptions): RunOutput {
  const { stdout, stderr } = process;
  let bars = 0;
  let status = "";
  let written = Number.NEGATIVE_INFINITY;
  let shown = false;
  const clear = (): void => {
    if (shown && stderr.isTTY) stderr.write("\r\u001b[2K");
    shown = false;
  };
  const line = (text: string): void => {
    clear();
    stdout.write(`${text}\n`);
  };
  const show = (): void => {
    if (verbose || json) return;
    const now = performance.now();
    if (now - written < (stderr.isTTY ? REFRESH_MS : LINE_MS)) return;
    written = now;
    shown = true;
    stderr.write(stderr.isTTY ? `\r\u001b[2K${status}` : `${status}\n`);
  };
  return {
    tell(event) {
      if (json) {
        stdout.write(`${JSON.stringify(event)}\n`);
        return;
      }
      if (event.kind === "bars") {
        bars += event.bars;
        status = statusOf(event, bars);
        for (const limited of event.limited ?? []) line(renderLimited(limited, colors));
        if (verbose) line(renderBars(event, colors));
        else show();
        return;
      }
      const text = renderEvent(event, colors);
      if (text !== undefined) line(text);
    },
    done: clear,
  };
}

/** What a person reads when it has ended. */
export function renderStopped(event: RunEvent | undefined, colors: Colors): string {
  if (event?.kind !== "stopped") return "";
  const why = event.because === "signal" ? "stopped" : "no more bars";
  const counts = `${event.bars} bars, ${event.orders} orders, ${event.fills} fills`;
  return `${colors.bold(why)}: ${counts}${event.standing === undefined ? "" : `; ${renderStanding(event.standing)}`}`;
}

function renderEvent(event: RunEvent, colors: Colors): string | undefined {
  switch (event.kind) {
    case "ready": {
      const version = event.version.slice(0, 12);
      const where = `${colors.bold(event.strategy)}@${version} in world ${colors.bold(event.world)}, account ${event.account} (${event.feed})`;
      const from = event.resumedAt === undefined ? "a new account" : `goes on after ${instant(event.resumedAt)}`;
      const changed = event.fileChanged
        ? `\n${colors.yellow("the file has changed: the version that the account was opened with runs on")}`
        : "";
      return `${where}: ${event.history} bars of history, ${from}${changed}`;
    }
    case "gate": {
      const open = event.gate === "open";
      const why = open ? "" : `: ${reasonText(event.gate)}`;
      const activation = event.activation === 0 ? "no activation known yet" : `activation ${event.activation}`;
      return `gate ${open ? colors.green("open") : colors.yellow("shut")} (${event.domain}, ${activation})${why}`;
    }
    case "cancelled":
      return `${event.orders.length} waiting ${event.orders.length === 1 ? "order was" : "orders were"} taken back`;
    case "warm":
      return event.allowed
        ? `warm start: ${event.rows} rows taken over through ${event.from} -> ${event.to}`
        : undefined;
    case "late": {
      const { rows, symbol, preset, bar, file, line } = event;
      const where = file === undefined ? "" : ` (${file}${line === undefined ? "" : `:${line}`})`;
      const what = rows === 1 ? "a row" : `${rows} rows`;
      return colors.yellow(
        `${what} of ${symbol} (${preset}) came too late for the bar of ${instant(bar)}${where}: left out`,
      );
    }
    case "rebalanced": {
      const legs = event.legs.map(({ symbol, ordered, reason }) => {
        const why = reason === undefined ? "" : ` (${legReason(reason)})`;
        return `${symbol} ${ordered === 0 ? "left out" : signed(ordered)}${why}`;
      });
      return `rebalancing ${colors.bold(event.run)} after ${instant(event.to)}: ${legs.join(", ")}`;
    }
    case "ticked":
      return event.committed
        ? `period ${instant(event.period)} judged: decision ${event.revision}, activation ${event.apply}`
        : undefined;
    case "problem":
      return renderError(event.error, colors);
    case "bars":
    case "stopped":
      return undefined;
  }
}

type Bars = Extract<RunEvent, { kind: "bars" }>;

function renderBars(event: Bars, colors: Colors): string {
  const placed = event.orders.flatMap((order) =>
    order.kind === "placed" ? [`${order.symbol} ${signed(order.quantity)} ${order.type}`] : [],
  );
  const filled = event.fills.map(
    ({ symbol, quantity, price }) => `${symbol} ${signed(quantity)} at ${formatNumber(price)}`,
  );
  const gate = event.gate === "open" ? "" : colors.yellow(`, held back: ${event.gate}`);
  return [
    instant(event.to),
    event.bars === 1 ? "" : `${event.bars} bars`,
    filled.length === 0 ? "" : colors.green(`filled ${filled.join(", ")}`),
    placed.length === 0 ? "" : `ordered ${placed.join(", ")}`,
    `${renderStanding(event.standing)}${gate}`,
  ]
    .filter((part) => part !== "")
    .join("  ");
}

function statusOf({ to, standing, gate }: Bars, bars: number): string {
  const why = gate === "open" ? "gate open" : `gate shut (${gate})`;
  return `${bars} ${bars === 1 ? "bar" : "bars"} to ${instant(to)}, ${renderStanding(standing)}, ${why}`;
}

function renderStanding({ equity, positions, waiting }: AccountStanding): string {
  const held = positions.map(({ symbol, quantity }) => `${symbol} ${formatNumber(quantity)}`).join(" ");
  const orders = waiting === 0 ? "" : `, ${waiting} waiting`;
  return `equity ${formatNumber(equity)}, ${held === "" ? "flat" : held}${orders}`;
}

function reasonText(reason: string): string {
  return (HOLD_REASONS as Readonly<Record<string, string>>)[reason] ?? reason;
}

type Limited = NonNullable<Bars["limited"]>[number];

function renderLimited({ symbol, time, to, allowed, breaches }: Limited, colors: Colors): string {
  const beyond = breaches.map(
    ({ metric, value, bound }) => `${metric} ${formatNumber(value)} > ${formatNumber(bound)}`,
  );
  const what = `${symbol} to ${formatNumber(to)} ${colors.yellow(`held at ${formatNumber(allowed)}`)}`;
  return `limit of risk at ${instant(time)}: ${what}: ${beyond.join(", ")}`;
}

function legReason(reason: string): string {
  return (LEG_REASONS as Readonly<Record<string, string>>)[reason] ?? reason;
}

function signed(quantity: number): string {
  return `${quantity > 0 ? "+" : ""}${formatNumber(quantity)}`;
}

function instant(time: number): string {
  return new Date(time).toISOString().replace(".000Z", "Z");
}

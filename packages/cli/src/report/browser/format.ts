import type { NumberFormat } from "./payload.ts";

/** A value as a reader of a chart wants it. */
export function formatValue(value: number, format: NumberFormat): string {
  switch (format) {
    case "money":
      return grouped(value, Math.abs(value) >= 1000 ? 0 : 2);
    case "percent":
      return `${grouped(value * 100, 2)} %`;
    case "ratio":
      return grouped(value, 2);
    case "price":
      return grouped(value, Math.abs(value) >= 10 ? 2 : 5);
  }
}

/** The same for an axis, which has little room: 1.25M, 30 %. */
export function formatTick(value: number, format: NumberFormat): string {
  if (format === "percent") return `${plain(value * 100)} %`;
  if (format === "ratio") return plain(value);
  const size = Math.abs(value);
  const [unit, letter] = size >= 1e9 ? [1e9, "B"] : size >= 1e6 ? [1e6, "M"] : size >= 1e4 ? [1e3, "k"] : [1, ""];
  return letter === "" && size >= 1000 ? grouped(value, 0) : `${plain(value / unit)}${letter}`;
}

/** The day of a session by its exclusive end, or the number of a period. */
export function formatX(x: number, time: boolean): string {
  return time ? new Date(x - 1).toISOString().slice(0, 10) : `period ${x}`;
}

function grouped(value: number, digits: number): string {
  if (!Number.isFinite(value)) return String(value);
  const [whole = "", part] = Math.abs(value).toFixed(digits).split(".");
  const sign = value < 0 && Number(value.toFixed(digits)) !== 0 ? "-" : "";
  return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${part === undefined ? "" : `.${part}`}`;
}

function plain(value: number): string {
  return String(Number(value.toPrecision(6)));
}

import { isoText } from "@qmtl/core";
import type { Tearsheet } from "./tearsheet.ts";

/**
 * A tearsheet as `qmtl report --json` prints it. Times are ISO 8601 UTC, fractions fractions, money in the account's currency; series have
 * one entry per evaluation period, `null` where a value is unknown, and `equity` has one more: the first is at the first decision bar.
 */
export function tearsheetJson(sheet: Tearsheet): object {
  const { view, times, underwater, months, drawdowns, rollingSharpe, costs, symbols } = sheet;
  const { run, dataset, metrics, ...rest } = view;
  const at = (point: number | null): string | null => {
    const time = point === null ? undefined : times?.[point];
    return time === undefined ? null : isoText(time);
  };
  return {
    schema: "qmtl.report/1",
    ...rest,
    dataset: {
      ...dataset,
      end: isoText(dataset.end),
      ...(dataset.asOf !== undefined && { asOf: isoText(dataset.asOf) }),
    },
    metrics: metrics.map(({ name, figure, description }) => ({
      name,
      value: figure.kind === "value" ? figure.value : null,
      ...(figure.kind === "undefined" && { undefined: figure.because }),
      ...(description !== undefined && {
        formula: description.formula,
        unit: description.unit,
        better: description.better,
        ...(description.source !== undefined && { source: description.source }),
      }),
    })),
    period: run.period,
    periodsPerYear: run.periodsPerYear,
    turnover: run.turnover,
    months,
    drawdowns: drawdowns.map(({ depth, peak, trough, recovery, length }) => ({
      depth,
      peak: at(peak),
      trough: at(trough),
      recovery: at(recovery),
      recovered: recovery !== null,
      periods: length,
    })),
    costs: costs ?? null,
    symbols,
    trades: run.trades.map(({ entryTime, exitTime, ...trade }) => ({
      ...trade,
      entryTime: isoText(entryTime),
      exitTime: isoText(exitTime),
    })),
    notes: run.notes,
    series: {
      start: run.start === null ? null : isoText(run.start),
      times: run.times.map((time) => (time === null ? null : isoText(time))),
      equity: run.equity,
      returns: run.returns,
      underwater: underwater,
      exposure: run.exposure,
      fees: run.costs.fees,
      slippage: run.costs.slippage,
      rollingSharpe: rollingSharpe ?? null,
      prices: run.prices,
    },
  };
}

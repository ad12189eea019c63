import type { NodeFigures, PreviewResult, SubmitResult } from "@qmtl/core";
import { EventEmitter, type Memento } from "vscode";
import type { RunFiles } from "./run-files.ts";

/** What is remembered of the last submission of a strategy. */
export interface LastRun {
  readonly world: string;
  readonly status: SubmitResult["status"];
  readonly mode: SubmitResult["mode"];
  readonly reason: string;
  readonly metrics: SubmitResult["metrics"];
  readonly sharpe: number | null;
  readonly evalKey: string | null;
  /** Of the world's ledger. */
  readonly trials: number | null;
  /** Of the run that computed it; missing where it was not measured. */
  readonly nodeTimings?: SubmitResult["nodeTimings"];
  readonly files: RunFiles;
  /** Ms UTC. */
  readonly at: number;
}

/** What the nodes of a strategy came to, and the texts that it is true of. */
export interface Figured {
  readonly nodes: readonly NodeFigures[];
  readonly files: RunFiles;
}

/** Last results by strategy file, kept over reloads; previews of this session. */
export interface Results {
  last(file: string): LastRun | undefined;
  world(file: string): string | undefined;
  preview(file: string): PreviewResult | undefined;
  figures(file: string): Figured | undefined;
  submitted(file: string, world: string, result: SubmitResult, files: RunFiles): void;
  /** @param files the texts that it is of */
  previewed(file: string, result: PreviewResult | undefined, files: RunFiles): void;
  /** Nothing is previewed any more. */
  forgetPreviews(): void;
  /** What the nodes of a submission came to. */
  figured(file: string, figured: Figured): void;
  readonly onChange: EventEmitter<string>["event"];
}

/** Metrics that are shown beside the code; the tearsheet has all. */
const SHOWN = ["sharpe", "deflated_sharpe", "cagr", "total_return", "max_drawdown", "num_trades"];

export function createResults(memory: Memento, clock: () => number): Results {
  const changed = new EventEmitter<string>();
  const previews = new Map<string, PreviewResult>();
  const previewFigures = new Map<string, Figured>();
  const key = (file: string): string => `last:${file}`;
  const figuresKey = (file: string): string => `figures:${file}`;
  const last = (file: string): LastRun | undefined => memory.get<LastRun>(key(file));
  return {
    last,
    world: (file) => last(file)?.world,
    preview: (file) => previews.get(file),
    figures: (file) => previewFigures.get(file) ?? memory.get<Figured>(figuresKey(file)),
    submitted(file, world, { status, mode, reason, metrics, provenance, nodeTimings }, files) {
      const sharpe = metrics["sharpe"];
      const run: LastRun = {
        world,
        status,
        mode,
        reason,
        metrics: Object.fromEntries(Object.entries(metrics).filter(([name]) => SHOWN.includes(name))),
        sharpe: typeof sharpe === "number" ? sharpe : null,
        evalKey: provenance?.evalKey ?? null,
        trials: provenance?.trials ?? null,
        nodeTimings,
        files,
        at: clock(),
      };
      previews.delete(file);
      previewFigures.delete(file);
      void memory.update(key(file), run).then(() => changed.fire(file));
    },
    previewed(file, result, files) {
      if (result === undefined) previews.delete(file);
      else {
        previews.set(file, result);
        if (result.nodes !== undefined) previewFigures.set(file, { nodes: result.nodes, files });
      }
      changed.fire(file);
    },
    forgetPreviews() {
      const files = new Set([...previews.keys(), ...previewFigures.keys()]);
      previews.clear();
      previewFigures.clear();
      for (const file of files) changed.fire(file);
    },
    figured(file, figured) {
      void memory.update(figuresKey(file), figured).then(() => changed.fire(file));
    },
    onChange: changed.event,
  };
}

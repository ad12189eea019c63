import type { PreviewResult, SubmitResult } from "@qmtl/core";
import { EventEmitter, type Memento } from "vscode";

/** What is remembered of the last submission of a strategy. */
export interface LastRun {
  readonly world: string;
  readonly status: SubmitResult["status"];
  readonly reason: string;
  readonly sharpe: number | null;
  readonly evalKey: string | null;
  /** Ms UTC. */
  readonly at: number;
}

/** Last results by strategy file, kept over reloads; previews of this session. */
export interface Results {
  last(file: string): LastRun | undefined;
  world(file: string): string | undefined;
  preview(file: string): PreviewResult | undefined;
  submitted(file: string, world: string, result: SubmitResult): void;
  previewed(file: string, result: PreviewResult | undefined): void;
  readonly onChange: EventEmitter<string>["event"];
}

export function createResults(memory: Memento, clock: () => number): Results {
  const changed = new EventEmitter<string>();
  const previews = new Map<string, PreviewResult>();
  const key = (file: string): string => `last:${file}`;
  const last = (file: string): LastRun | undefined => memory.get<LastRun>(key(file));
  return {
    last,
    world: (file) => last(file)?.world,
    preview: (file) => previews.get(file),
    submitted(file, world, { status, reason, metrics, provenance }) {
      const sharpe = metrics["sharpe"];
      const run: LastRun = {
        world,
        status,
        reason,
        sharpe: typeof sharpe === "number" ? sharpe : null,
        evalKey: provenance?.evalKey ?? null,
        at: clock(),
      };
      previews.delete(file);
      void memory.update(key(file), run).then(() => changed.fire(file));
    },
    previewed(file, result) {
      if (result === undefined) previews.delete(file);
      else previews.set(file, result);
      changed.fire(file);
    },
    onChange: changed.event,
  };
}

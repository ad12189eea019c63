import type { Place } from "../facts/index.ts";
import type { View } from "./view.ts";

/** What can be done with a strategy, at the line where it begins: one for each, whatever state its text is in. */
export interface StrategyLens {
  readonly place: Place;
  readonly strategy: string;
  /** Only the default export is what a submission runs. */
  readonly submits: boolean;
}

export function codeLensesOf(view: View): readonly StrategyLens[] {
  const { facts } = view.reading;
  return facts.strategies.flatMap(({ at, name, exported }) => {
    const span = facts.spans[at];
    if (span === undefined || span.file !== view.path || name.kind !== "literal") return [];
    return [
      {
        place: { file: span.file, start: span.start, end: span.start },
        strategy: String(name.value),
        submits: exported.includes("default"),
      },
    ];
  });
}

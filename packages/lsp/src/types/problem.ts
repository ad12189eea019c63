import type { Cell } from "@qmtl/core/static";
import type { Place } from "../facts/index.ts";

/** What a reader takes: any of the dtypes, and of these numbers of one unit where it says one. */
export interface WantedCell {
  readonly dtypes: readonly Cell["dtype"][];
  readonly unit?: string;
}

/** Something that TypeScript refuses because of what our builders say in their types. Plain data: a rule makes a finding of it. */
export type TypeProblem =
  /** `place` is the name that is read. */
  | {
      readonly kind: "unknown-column";
      readonly place: Place;
      readonly wanted: string;
      readonly among: readonly string[];
    }
  | {
      readonly kind: "wrong-cell";
      readonly place: Place;
      /** `sma()`: who reads it. */
      readonly who: string;
      readonly wanted: WantedCell;
      readonly found: Cell;
    }
  | {
      readonly kind: "missing-columns";
      readonly place: Place;
      readonly missing: readonly string[];
      readonly needed: readonly string[];
    }
  /** `from` is the clock of the others. */
  | {
      readonly kind: "mixed-intervals";
      readonly place: Place;
      readonly who: string;
      readonly from: string;
      readonly to: string;
      /** A column or a panel: `resample()` takes it. */
      readonly resamples: boolean;
    }
  | { readonly kind: "label-read"; readonly place: Place; readonly who: string }
  | {
      readonly kind: "look-ahead";
      readonly place: Place;
      readonly of: "window" | "lag";
      readonly offset: number;
      readonly isLiteral: boolean;
    }
  | {
      readonly kind: "undeclared-output";
      readonly place: Place;
      readonly name: string;
      readonly declared: readonly string[];
    }
  | {
      readonly kind: "missing-outputs";
      readonly place: Place;
      readonly missing: readonly string[];
      readonly declared: readonly string[];
    }
  /** `found` is a type as TypeScript writes it. */
  | {
      readonly kind: "wrong-output";
      readonly place: Place;
      readonly name: string;
      readonly cell: Cell;
      readonly found: string;
    }
  | { readonly kind: "no-decision"; readonly place: Place; readonly found: string };

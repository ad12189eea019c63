import type { NodeTimes } from "./hot-path.ts";
import type { Picture } from "./picture.ts";

/** What the extension says to the page of a graph. */
export type GraphMessage =
  | {
      readonly kind: "pictures";
      /** Of the file, for people. */
      readonly file: string;
      /** One for each strategy; empty where the file has none. */
      readonly pictures: readonly Picture[];
    }
  /** What the first strategy's nodes took in its last run; null where none has measured it. */
  | { readonly kind: "times"; readonly times: NodeTimes | null }
  /** The caret has moved into a node. */
  | { readonly kind: "caret"; readonly strategy: number; readonly node: string };

/** What the page says to the extension. */
export type GraphAnswerMessage =
  | { readonly kind: "ready" }
  /** Show where it is written. */
  | {
      readonly kind: "reveal";
      readonly strategy: number;
      readonly node: string;
      readonly column: string | null;
    };

/** What is kept of the view while the window reloads. */
export interface GraphState {
  readonly uri: string;
  readonly strategy: number;
  readonly node: string | null;
  readonly column: string | null;
  /** Null for as large as there is room. */
  readonly zoom: number | null;
  /** The hot path is shown. */
  readonly hot: boolean;
}

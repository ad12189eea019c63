import type { QmtlErrorJson } from "@qmtl/core/schema";
import type { Submission } from "@qmtl/lsp";
import type { StrategyBundle } from "../load/strategy-bundle.ts";
import type { Watched } from "../watchdog/shared.ts";

/** What is to be read. */
export interface ReadRequest {
  readonly kind: "read";
  readonly id: number;
  /** The project's folder. */
  readonly root: string;
  /** The strategy's file below it, with `/`. */
  readonly file: string;
  /** Where it is to be submitted, with what. */
  readonly submission: Submission;
}

/** The main thread is to be watched. */
export interface WatchRequest {
  readonly kind: "watch";
  readonly watched: Watched;
}

/** What reading a strategy comes to, each part as soon as it is there. */
export interface ReadParts {
  /** The project's configuration as a module that plain Node can import. */
  readonly config: string;
  readonly bundle: StrategyBundle;
  /** What the check refuses. */
  readonly refusal: QmtlErrorJson | undefined;
}

export type ReadPart = keyof ReadParts;

export type ReadReply =
  | { readonly id: number; readonly part: ReadPart; readonly value: unknown }
  | { readonly id: number; readonly part: ReadPart; readonly error: QmtlErrorJson };

/** What a reader is started with. */
export interface ReaderStart {
  /** The folder of a command that is going to ask: the configuration of its project is bundled before it does. */
  readonly cwd?: string;
  /** The strategy that it is going to ask for, from there: bundled as well. */
  readonly file?: string;
}

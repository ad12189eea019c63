import type { ApplyPlan, ApplyStatus, PreviewResult, SubmitResult, WorldStatus } from "@qmtl/core";
import type { QmtlErrorJson } from "@qmtl/core/schema";
import { NotificationType, RequestType, RequestType0 } from "vscode-jsonrpc";
import * as z from "zod";

/** Raised when a request or an answer changes in a way that a client must know of. */
export const PROTOCOL_VERSION = 1;

const params = z.record(z.string(), z.union([z.number(), z.string()]));

export const initializeParams = z.object({
  /** The highest that the client speaks. */
  protocol: z.number(),
});

export const submitParams = z.strictObject({
  /** The strategy's file; a relative one is read from the project's folder. */
  file: z.string(),
  world: z.string(),
  params: params.optional(),
  dataPreset: z.string().optional(),
  asOf: z.string().optional(),
  /** Recorded, never obeyed. */
  requested: z.string().optional(),
  /** Names this request in `qmtl/phase` notifications. */
  token: z.string().optional(),
});

export const previewParams = z.strictObject({
  file: z.string(),
  world: z.string(),
  params: params.optional(),
  dataPreset: z.string().optional(),
  /** What the editor holds of files that are not saved, by path. */
  unsaved: z.record(z.string(), z.string()).optional(),
  /** Say what each node came to. */
  nodes: z.boolean().optional(),
  /** Most points of `equity` (and `times`) to tell, about; default: all of them. */
  points: z.int().min(4).optional(),
});

export type PreviewParams = z.infer<typeof previewParams>;

export const runsParams = z.strictObject({
  /** Default: all worlds of the project that can be opened. */
  world: z.string().optional(),
});

export const reportParams = z.strictObject({
  /** A strategy's name, or the beginning of an EvalKey or of a version digest. */
  run: z.string(),
  world: z.string().optional(),
});

export const compareParams = z.strictObject({
  /** What the page calls A and B. */
  runs: z.tuple([reportParams, reportParams]),
});

export const applyPlanParams = z.strictObject({ world: z.string() });

export const applyParams = z.strictObject({
  world: z.string(),
  /** The decision of the plan that a person agreed to: no other one is applied. */
  decision: z.int(),
  /** Names the apply: the same name again begins nothing and says what became of it. */
  run: z.string().min(1),
  /** How long to wait for runners, ms; after that the apply goes on by itself. */
  wait: z.number().nonnegative().max(3_600_000).default(60_000),
});

export interface InitializeAnswer {
  readonly protocol: number;
  readonly qmtl: string;
  /** Folder of `qmtl.config.ts`, absolute. */
  readonly root: string;
}

export interface PhaseParams {
  readonly token: string;
  /** What begins now, a few words. */
  readonly phase: string;
}

export type WorldRow =
  | { readonly world: string; readonly status: WorldStatus }
  /** A broken world file hides no other world. */
  | { readonly world: string; readonly error: QmtlErrorJson };

/** One evaluation in a list, newest first. */
export interface RunRow {
  readonly world: string;
  readonly strategy: string;
  readonly evalKey: string;
  readonly version: string;
  /** ISO 8601. */
  readonly at: string;
  readonly params: Readonly<Record<string, number | string>>;
  /** `null` where it is undefined. */
  readonly sharpe: number | null;
  readonly maxDrawdown: number | null;
}

export interface ReportAnswer {
  readonly world: string;
  readonly strategy: string;
  readonly evalKey: string;
  /** One self-contained page. */
  readonly html: string;
}

/** Two runs side by side. */
export interface CompareAnswer {
  readonly runs: readonly [RunId, RunId];
  /** One self-contained page. */
  readonly html: string;
}

export type RunId = Pick<ReportAnswer, "world" | "strategy" | "evalKey">;

export const initialize = new RequestType<z.infer<typeof initializeParams>, InitializeAnswer, QmtlErrorJson>(
  "initialize",
);
export const worlds = new RequestType0<{ readonly worlds: readonly WorldRow[] }, QmtlErrorJson>("qmtl/worlds");
export const runs = new RequestType<z.infer<typeof runsParams>, { readonly runs: readonly RunRow[] }, QmtlErrorJson>(
  "qmtl/runs",
);
/** The same object as `qmtl report --json`. */
export const run = new RequestType<z.infer<typeof reportParams>, object, QmtlErrorJson>("qmtl/run");
export const report = new RequestType<z.infer<typeof reportParams>, ReportAnswer, QmtlErrorJson>("qmtl/report");
export const submit = new RequestType<z.infer<typeof submitParams>, SubmitResult, QmtlErrorJson>("qmtl/submit");
export const preview = new RequestType<z.infer<typeof previewParams>, PreviewResult, QmtlErrorJson>("qmtl/preview");
export const compare = new RequestType<z.infer<typeof compareParams>, CompareAnswer, QmtlErrorJson>("qmtl/compare");
/** The same object as `qmtl world apply --plan --json`. */
export const applyPlan = new RequestType<z.infer<typeof applyPlanParams>, ApplyPlan, QmtlErrorJson>("qmtl/applyPlan");
/** The same object as `qmtl world apply --json`. */
export const apply = new RequestType<z.input<typeof applyParams>, ApplyStatus, QmtlErrorJson>("qmtl/apply");
export const phase = new NotificationType<PhaseParams>("qmtl/phase");
export const shutdown = new RequestType0<null, QmtlErrorJson>("shutdown");
export const exit = new NotificationType<void>("exit");

/** `@qmtl/cli`: the terminal, as functions. */

export type {
  CompareAnswer,
  InitializeAnswer,
  PhaseParams,
  ReportAnswer,
  RunId,
  RunRow,
  WorldRow,
} from "./serve/protocol.ts";
export { type SubmitFileOptions, submitFile } from "./submit-file.ts";

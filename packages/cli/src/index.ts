/** `@qmtl/cli`: the terminal, as functions. */

export type {
  InitializeAnswer,
  PhaseParams,
  ReportAnswer,
  RunRow,
  WorldRow,
} from "./serve/protocol.ts";
export { type SubmitFileOptions, submitFile } from "./submit-file.ts";

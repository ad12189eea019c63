/** `@qmtl/cli`: the terminal, as functions. */
export { type SubmitFileOptions, submitFile } from "./submit-file.ts";

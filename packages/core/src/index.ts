/** `@qmtl/core`: the plugin core that runs the whole loop. */
export { type BuiltStrategy, inspectStrategy, type InspectedStrategy, type StreamRequest } from "./runner/inspect.ts";

import { QmtlError, type QmtlErrorJson } from "../../schema/error.ts";
import type { Plugin } from "../contract/plugin.ts";
import type { StandardIssue, StandardResult } from "../contract/standard-schema.ts";
import type { Fault } from "./call.ts";
import { describePlugin, identityOf } from "./identity.ts";

/** What a validator gave back has the shape that Standard Schema promises. */
export function checkSchemaResult(answer: unknown, fault: Fault): StandardResult<unknown> {
  if (typeof answer !== "object" || answer === null) fault("is not a result of Standard Schema");
  const { issues } = answer as { readonly issues?: unknown };
  if (issues === undefined) {
    if (!("value" in (answer as object))) fault("holds neither a value nor issues");
  } else if (!Array.isArray(issues) || issues.length === 0 || !issues.every(isIssue))
    fault("holds issues of another shape");
  return answer as StandardResult<unknown>;
}

function isIssue(value: unknown): boolean {
  return typeof value === "object" && value !== null && typeof (value as { message?: unknown }).message === "string";
}

/** Every issue of a configuration with its path, as one error. `at` says where the plugin stands. */
export function configError(plugin: Plugin, at: string, issues: readonly StandardIssue[]): QmtlError {
  const details: QmtlErrorJson[] = issues.map((issue) => ({
    code: "plugin.invalid-config",
    message: issue.message,
    place: { plugin: plugin.name, path: pathOf(issue) },
  }));
  const shown = issues.map((issue) => `${pathOf(issue) || "(the whole)"}: ${issue.message}`).join("; ");
  const [first] = issues;
  return new QmtlError({
    code: "plugin.invalid-config",
    message: `The configuration of ${describePlugin(identityOf(plugin))} at ${at} is not valid: ${shown}`,
    place: { plugin: plugin.name, path: first === undefined || pathOf(first) === "" ? at : pathOf(first) },
    next: "Correct it where the project's configuration calls use().",
    details: issues.length > 1 ? details : [],
  });
}

/** `presets.daily.columns[2]` */
function pathOf(issue: StandardIssue): string {
  let text = "";
  for (const segment of issue.path ?? []) {
    const key = typeof segment === "object" ? segment.key : segment;
    if (typeof key === "number") text += `[${key}]`;
    else text += text === "" ? String(key) : `.${String(key)}`;
  }
  return text;
}

import type { Rule } from "../rules/index.ts";

type EngineRule = Pick<Rule, "code" | "slug" | "title" | "severity" | "provenByTypes"> & { readonly page: string };

/** What the engine says of itself and of a file as a whole. */
export const RULE_FAILED: EngineRule = {
  code: "X901",
  slug: "rule-failed",
  title: "A rule failed and is off for this version of the file",
  severity: "warning",
  page: "Nothing is wrong with the file: the rule is. The other rules have spoken. Please report the message.",
};

export const UNUSED_SUPPRESSION: EngineRule = {
  code: "X902",
  slug: "unused-suppression",
  title: "A comment suppresses what is not reported",
  severity: "warning",
  page: "`// qmtl-ignore D105 -- reason` holds for the line that it stands on, or for the next one when it stands alone. Remove it when that line has no such finding any more.",
};

export const UNREASONED_SUPPRESSION: EngineRule = {
  code: "X903",
  slug: "suppression-without-reason",
  title: "A comment suppresses without a reason",
  severity: "warning",
  page: "It has no effect. Write `// qmtl-ignore D105 -- why this is right here`.",
};

export const UNREADABLE: EngineRule = {
  code: "X904",
  slug: "unreadable",
  title: "The file does not parse",
  severity: "error",
  provenByTypes: true,
  page: "What can't be parsed can't be judged. The findings of the last version that did stay, as far as their text was not touched.",
};

export const ENGINE_RULES: readonly EngineRule[] = [
  RULE_FAILED,
  UNUSED_SUPPRESSION,
  UNREASONED_SUPPRESSION,
  UNREADABLE,
];

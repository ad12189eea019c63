import { PAGES } from "../rules/pages.ts";
import { ENGINE_RULES } from "./engine-rules.ts";

/** The page of a rule as Markdown; undefined for a code that there is not. */
export function explainRule(code: string): string | undefined {
  const own = ENGINE_RULES.find((rule) => rule.code === code);
  return own === undefined ? PAGES[code] : `# ${own.code} ${own.slug}\n\n${own.title}.\n\n${own.page}\n`;
}

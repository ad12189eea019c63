import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { RULES } from "./list.ts";
import { PAGES } from "./pages.ts";

const folder = new URL("./", import.meta.url);
const folders = readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

describe("all rules", () => {
  test("have a folder with rule, test and page, and no folder is left over", () => {
    expect(RULES.map(({ slug }) => slug).sort()).toEqual(folders.sort());
    for (const slug of folders)
      for (const file of ["rule.ts", "rule.test.ts", "rule.md"])
        expect(existsSync(new URL(`${slug}/${file}`, folder)), `${slug}/${file}`).toBe(true);
  });

  test("have codes and slugs of their own, and someone who looks", () => {
    expect(new Set(RULES.map(({ code }) => code)).size).toBe(RULES.length);
    for (const rule of RULES) {
      expect(rule.code).toMatch(/^[CDGNPSW]\d{3}$/);
      expect(rule.title).toMatch(/^[A-Zc].*[^.]$/);
      expect(rule.checkModule ?? rule.checkStrategy ?? rule.checkWorld ?? rule.checkProject).toBeDefined();
    }
  });

  test("that word what types prove are those that TypeScript reports too", () => {
    const codesOf = (rules: typeof RULES) => rules.map(({ code }) => code);
    expect(codesOf(RULES.filter(({ checkTypes }) => checkTypes !== undefined))).toEqual(
      codesOf(RULES.filter(({ provenByTypes }) => provenByTypes === true)),
    );
  });

  test("that a submission can't suppress are those of domains, clocks, live defaults and causality", () => {
    expect(RULES.filter(({ unsuppressable }) => unsuppressable).map(({ code }) => code)).toEqual(
      "C401 C402 C403 C404 C406 C407 D101 D102 D103 D104 D107 D109".split(" "),
    );
  });

  test("are explained by the pages as they stand: node tools/rule-pages.mjs", () => {
    for (const { code, slug } of RULES)
      expect(PAGES[code]).toBe(readFileSync(new URL(`${slug}/rule.md`, folder), "utf8"));
  });
});

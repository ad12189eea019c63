import * as esbuild from "esbuild";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { identifyCode } from "./identify-code.ts";
import { allSyntax, mutationsOf, typedSyntax } from "./mutation.test.helper.ts";

const options: esbuild.TransformOptions = { target: "es2022", tsconfigRaw: {}, logLevel: "silent" };

/**
 * What another compiler makes of a text, with its own names for variables: an opinion, independent of ours, on whether two
 * texts are the same program. `undefined` when it is none.
 */
async function print(source: string): Promise<string | undefined> {
  try {
    const plain = await esbuild.transform(`export {};${source}`, { ...options, loader: "ts" });
    return (await esbuild.transform(plain.code, { ...options, minifyIdentifiers: true })).code;
  } catch {
    return undefined;
  }
}

function identityOf(source: string): string {
  const { functions, errors } = identifyCode("strategy.ts", source, ts);
  const first = functions.toSorted((a, b) => a.line - b.line || a.column - b.column)[0];
  if (first === undefined || errors.length > 0) return `no function: ${JSON.stringify(errors)}`;
  return JSON.stringify([first.hash, first.captures, first.issues.map(({ code, subject }) => [code, subject])]);
}

async function mutate(source: string): Promise<{ same: string[]; different: string[] }> {
  const original = await print(source);
  const mutants = mutationsOf(source);
  const printed = await Promise.all(mutants.map(print));
  const programs = mutants.map((text, index) => ({ text, printed: printed[index] }));
  const texts = (all: typeof programs) => all.map(({ text }) => text);
  return {
    same: texts(programs.filter((one) => one.printed === original)),
    different: texts(programs.filter((one) => one.printed !== undefined && one.printed !== original)),
  };
}

describe("every change of a program changes its identity", () => {
  test.each([...allSyntax, ...typedSyntax])("%s", async (source) => {
    const { different } = await mutate(source);
    const identity = identityOf(source);
    expect(different.length).toBeGreaterThan(20);
    expect(different.filter((text) => identityOf(text) === identity)).toEqual([]);
  });
});

describe("a change that leaves the program as it is leaves its identity", () => {
  test.each(allSyntax)("%s", async (source) => {
    const { same } = await mutate(source);
    const identity = identityOf(source);
    expect(same.filter((text) => identityOf(text) !== identity)).toEqual([]);
  });

  test.each([...allSyntax, ...typedSyntax])("comments and line breaks in %s", (source) => {
    const identity = identityOf(source);
    const tokens: number[] = [];
    const file = ts.createSourceFile("m.ts", source, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
    const visit = (node: ts.Node): void => {
      const isInTemplate = ts.isTemplateMiddleOrTemplateTail(node);
      if (node.getChildCount(file) === 0 && node.getText(file) !== "" && !isInTemplate)
        tokens.push(node.getStart(file));
      for (const one of node.getChildren(file)) visit(one);
    };
    visit(file);
    const commented = tokens.map((at) => `${source.slice(0, at)}/* a comment */${source.slice(at)}`);
    expect(commented.filter((text) => identityOf(text) !== identity)).toEqual([]);
    const folded = source.replaceAll("{ ", "{\r\n\t").replaceAll(";", " ;");
    expect(identityOf(folded)).toBe(identity);
  });
});

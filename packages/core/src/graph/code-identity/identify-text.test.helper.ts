import vm from "node:vm";
import * as esbuild from "esbuild";
import ts59 from "ts59";
import ts from "typescript";
import type { CapturedTable } from "./captured-tables.ts";
import { type IdentifiedCode, identifyCode } from "./identify-code.ts";
import { type CodeIdentity, createIdentityRegistry } from "./identity.ts";
import type { FunctionTable } from "./registry.ts";
import type { SyntaxApi } from "./syntax-api.ts";
import { hookName } from "./tag-source.ts";

/** Identities must be the same under each of them. */
export const parsers: readonly SyntaxApi[] = [ts, ts59 as unknown as SyntaxApi];

/** Identifies a module's text with every parser; they have to agree on all of it. */
export function identifyEverywhere(source: string, file = "strategy.ts"): IdentifiedCode {
  const [first, ...others] = parsers.map((syntax) => JSON.stringify(identifyCode(file, source, syntax)));
  for (const other of others) if (other !== first) throw new Error(`Parsers disagree:\n${first}\n${other}`);
  return JSON.parse(first!) as IdentifiedCode;
}

/** The function that the first line of the text begins with `export const it =`. */
export function firstFunction(source: string): IdentifiedCode["functions"][number] {
  const { functions, errors } = identifyEverywhere(source);
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  const found = functions.filter(({ line }) => line === 1).sort((a, b) => a.column - b.column)[0];
  if (found === undefined) throw new Error(`No function in ${source}`);
  return found;
}

export function tableOf({ id, functions }: IdentifiedCode, file = "strategy.ts"): FunctionTable {
  return Object.fromEntries(
    functions.map((one, index) => [
      `${id}.${index}`,
      { ...one, location: { file, line: one.line, column: one.column } },
    ]),
  );
}

const external = { handle: Object.freeze({ isHandle: true }), clamp: (x: number) => x };

/** Runs a module's text and gives what it exports, with the identity and the tables of the export `it`. */
export function runText(
  source: string,
  runId = "run",
): { identity: CodeIdentity; tables: readonly CapturedTable[]; exports: Record<string, unknown> } {
  const code = identifyEverywhere(source);
  if (code.errors.length > 0) throw new Error(JSON.stringify(code.errors));
  const registry = createIdentityRegistry({
    runId,
    functions: tableOf(code),
    packages: {},
    sdk: [{ specifier: "@qmtl/core/strategy", version: "1.0.0", exports: { clamp: external.clamp } }],
    isHandle: (value) => value === external.handle,
  });
  const script = esbuild.transformSync(code.code, {
    loader: "ts",
    format: "cjs",
    target: "es2022",
    tsconfigRaw: {},
    banner: '"use strict";',
  }).code;
  const module: { exports: Record<string, unknown> } = { exports: {} };
  const run = vm.compileFunction(script, ["require", "module", "exports", hookName]);
  run(() => external, module, module.exports, registry.hooks);
  registry.close();
  const { it } = module.exports as { it?: unknown };
  const tables = typeof it === "function" ? registry.tables(it) : [];
  return { identity: registry.identify(it), tables, exports: module.exports };
}

export const identifyExport = (source: string, runId?: string): CodeIdentity => runText(source, runId).identity;

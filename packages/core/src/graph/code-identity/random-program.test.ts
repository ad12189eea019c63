import * as esbuild from "esbuild";
import ts from "typescript";
import { expect, test } from "vitest";
import { type IdentifiedFunction, identifyCode } from "./identify-code.ts";
import { behaviour, moduleOf, randomProgram } from "./random-program.test.helper.ts";

function identify(source: string): IdentifiedFunction {
  const { functions, errors } = identifyCode("strategy.js", source, ts);
  expect(errors).toEqual([]);
  return functions.reduce((first, one) =>
    one.line * 1e6 + one.column < first.line * 1e6 + first.column ? one : first,
  );
}

test("programs of one identity do the same", () => {
  const byIdentity = new Map<string, { program: string; does: string }>();
  const collisions: string[] = [];
  let shared = 0;
  for (let seed = 0; seed < 3000; seed++) {
    const program = randomProgram(seed);
    const does = behaviour(moduleOf(program));
    if (does === undefined) continue;
    const { hash, captures, issues } = identify(moduleOf(program));
    if (issues.some(({ code }) => code === "unsupported-syntax")) continue;
    const key = `${hash} ${captures.join()}`;
    const known = byIdentity.get(key);
    if (known === undefined) byIdentity.set(key, { program, does });
    else if (known.program !== program) shared++;
    if (known !== undefined && known.does !== does) collisions.push(`${known.program}\n${program}`);
  }
  expect(collisions).toEqual([]);
  expect(shared).toBeGreaterThan(30);
});

test("another compiler's names for the variables do not count", async () => {
  const modules = Array.from({ length: 1500 }, (_, seed) => moduleOf(randomProgram(seed + 1e6, { nameless: true })));
  const options: esbuild.TransformOptions = { minifyIdentifiers: true, logLevel: "silent" };
  // The other compiler confuses variables where a var repeats a parameter's name.
  const valid = modules.filter((module) => !/\bvar\b/.test(module) && behaviour(module) !== undefined);
  const renamed = await Promise.all(valid.map(async (module) => (await esbuild.transform(module, options)).code));
  expect(valid.length).toBeGreaterThan(400);
  expect(valid.filter((module, i) => identify(module).hash !== identify(renamed[i]!).hash)).toEqual([]);
});

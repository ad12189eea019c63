import { fileURLToPath } from "node:url";
import vm from "node:vm";
import * as esbuild from "esbuild";
import { describe, expect, test } from "vitest";
import { readIntrinsics } from "./intrinsics.ts";

type Module = typeof import("./intrinsics.ts");

const script = esbuild.buildSync({
  entryPoints: [fileURLToPath(new URL("./intrinsics.ts", import.meta.url))],
  bundle: true,
  write: false,
  format: "iife",
  globalName: "intrinsics",
});

/** The module in a realm of its own. */
function realm(): Module & { run(text: string): unknown } {
  const context = vm.createContext({});
  vm.runInContext(script.outputFiles[0]!.text, context);
  const run = (text: string): unknown => vm.runInContext(text, context);
  return { ...(run("({ ...intrinsics })") as Module), run };
}

describe("every change of a built-in is noticed", () => {
  const patches: readonly (readonly [string, string])[] = [
    ["Math.abs = () => 1", "Math.abs"],
    ["Array.prototype.last = 1", "Array.prototype.last"],
    ["delete Array.prototype.map", "Array.prototype"],
    ["isNaN = () => false", "isNaN"],
    ["Number = class {}", "Number"],
    ["Object.setPrototypeOf(Math, { k: 1 })", "Math"],
    ["Object.defineProperty(RegExp.prototype, 'flags', { get() { return 'g' } })", "RegExp.prototype.flags"],
    ["Map.prototype.get.k = 1", "Map.prototype.get.k"],
    ["Object.getPrototypeOf([][Symbol.iterator]()).next = 1", "%ArrayIterator%.next"],
    ["Object.getPrototypeOf(Int8Array).prototype.at = 1", ".at"],
    ["Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())).next = 1", "next"],
  ];

  test.each(patches)("%s", (patch, path) => {
    const own = realm();
    const intrinsics = own.readIntrinsics();
    expect(intrinsics.findPatched()).toBeUndefined();
    own.run(patch);
    expect(intrinsics.findPatched()).toContain(path);
  });

  test("a setting of the host is no change", () => {
    const own = realm();
    const intrinsics = own.readIntrinsics();
    own.run("Error.stackTraceLimit = 3");
    expect(intrinsics.findPatched()).toBeUndefined();
  });
});

test("only what every machine answers alike is fixed", () => {
  const { isFixed } = readIntrinsics();
  for (const value of [Math.abs, Array, Array.prototype.map, Number.parseFloat, JSON, String.raw]) {
    expect(isFixed(value)).toBe(true);
  }
  for (const value of [Math, Math.random, Date, Date.now, Symbol.for, Function, Intl.DateTimeFormat, Promise]) {
    expect(isFixed(value)).toBe(false);
  }
  expect(isFixed(Number.prototype.toLocaleString)).toBe(false);
});

test("a hardened realm cannot be patched, and shows no source text", () => {
  const own = realm();
  own.hardenIntrinsics();
  const { run } = own;
  expect(() => run("'use strict'; Array.prototype.last = 1")).toThrow(/extensible/);
  expect(() => run("'use strict'; Math.abs = () => 1")).toThrow(/read only/);
  expect(run("(function secret() { return 42 }).toString()")).toBe("function secret() { [native code] }");
  expect(run("String((x) => x + 1)")).not.toContain("+");
  expect(run("[3, 1, 2].sort().join()")).toBe("1,2,3");
});

test("a hardened realm has the same built-ins under the same names", () => {
  const own = realm();
  own.hardenIntrinsics();
  const hardened = own.readIntrinsics();
  expect([...hardened.names.values()]).toEqual([...realm().readIntrinsics().names.values()]);
  expect(hardened.findPatched()).toBeUndefined();
  own.run("isNaN = () => false");
  expect(hardened.findPatched()).toBe("isNaN");
});

test("what arrays inherit from is as fixed as everything else", () => {
  const own = realm();
  own.hardenIntrinsics();
  const { run } = own;
  for (const name of ["Object", "Array", "Float64Array", "Int32Array", "Uint8Array", "BigInt64Array"]) {
    const prototype = `${name}.prototype`;
    expect(run(`Object.isFrozen(${prototype})`)).toBe(true);
    expect(() => run(`'use strict'; ${prototype}[0] = 1`)).toThrow(/extensible/);
    expect(() => run(`'use strict'; ${prototype}.constructor = 1`)).toThrow(/read only/);
    expect(() => run(`'use strict'; Object.defineProperty(${prototype}, "constructor", { value: 1 })`)).toThrow(
      /redefine/,
    );
  }
  expect(run("Object.isFrozen(Object.getPrototypeOf(Float64Array.prototype))")).toBe(true);
  expect(run("const column = new Float64Array(2); column[1] = 0.5; column.join()")).toBe("0,0.5");
});

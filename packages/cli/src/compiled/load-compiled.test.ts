import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { loadCompiled } from "./load-compiled.ts";

const TEXT = `const { sep } = require("node:path");
exports.answer = 42;
exports.place = [__filename, __dirname, sep].join(" ");
`;

function bundle(text = TEXT): string {
  const file = join(mkdtempSync(join(tmpdir(), "qmtl-compiled-")), "bundle.cjs");
  writeFileSync(file, text);
  return file;
}

function answerOf(file: string): number {
  return (loadCompiled(file).exports as { answer: number }).answer;
}

test("a bundle exports what require would give, with what was compiled of it and without", () => {
  const file = bundle();
  const { exports, compiled } = loadCompiled(file);
  expect(exports).toMatchObject({ place: `${file} ${join(file, "..")} ${join("/").at(0)}` });
  writeFileSync(`${file}.v8`, compiled());
  expect(answerOf(file)).toBe(42);
  expect(loadCompiled(file).exports).toMatchObject({ place: (exports as { place: string }).place });
});

test("what a bundle took is kept where nothing is kept that fits, and nowhere else", () => {
  const file = bundle();
  const kept = (): Buffer => readFileSync(`${file}.v8`);
  loadCompiled(file).keep();
  const first = kept();
  loadCompiled(file).keep();
  expect(kept()).toEqual(first);
  writeFileSync(`${file}.v8`, "damaged");
  loadCompiled(file).keep();
  expect(answerOf(file)).toBe(42);
  expect(kept().length).toBeGreaterThan(100);
  expect(readdirSync(dirname(file)).sort()).toEqual(["bundle.cjs", "bundle.cjs.v8"]);
  const loaded = loadCompiled(bundle());
  rmSync(dirname((loaded.exports as { place: string }).place.split(" ")[0]!), { recursive: true });
  expect(() => loaded.keep()).not.toThrow();
});

test("what was compiled of another text of the same length is not run", () => {
  const file = bundle();
  const other = bundle(TEXT.replace("42", "59"));
  writeFileSync(`${file}.v8`, loadCompiled(other).compiled());
  expect(answerOf(file)).toBe(42);
});

test("what is damaged is not run", () => {
  const file = bundle();
  writeFileSync(`${file}.v8`, loadCompiled(file).compiled());
  const bytes = readFileSync(`${file}.v8`);
  bytes[bytes.length >> 1]! ^= 255;
  writeFileSync(`${file}.v8`, bytes);
  expect(answerOf(file)).toBe(42);
  writeFileSync(`${file}.v8`, "");
  expect(answerOf(file)).toBe(42);
});

import { test, expect } from "vitest";
import ts from "typescript";
import * as esbuild from "esbuild";
import { identifyCode } from "./identify-code.ts";

function rng(seed: number) { let s = seed >>> 0; return () => { s = (Math.imul(s, 1664525) + 1013904223) >>> 0; return s / 2 ** 32; }; }
const names = ["a", "b", "c"];
function generate(seed: number): string {
  const r = rng(seed); for (let k = 0; k < 5; k++) r();
  const pick = <T,>(xs: readonly T[]): T => xs[Math.floor(r() * xs.length)]!;
  const nm = () => pick(names);
  const pat = (d: number): string => { const x = r(); if (x < 0.7 || d <= 0) return nm(); if (x < 0.85) return `{ ${nm()}${r() < 0.5 ? " = " + expr(d - 1) : ""} }`; return `[${nm()}${r() < 0.5 ? " = " + expr(d - 1) : ""}]`; };
  function expr(d: number): string {
    const x = r();
    if (d <= 0 || x < 0.35) return pick([nm(), nm(), nm(), String(Math.floor(r() * 3))]);
    if (x < 0.45) return `(${expr(d - 1)} + ${expr(d - 1)})`;
    if (x < 0.52) return `(${nm()} ${pick(["=", "+=", "??="])} ${expr(d - 1)})`;
    if (x < 0.62) return `((${params(d)}) => ${expr(d - 1)})(${expr(d - 1)})`;
    if (x < 0.68) return `(function ${pick(["", nm()])}(${params(d)}) { ${block(d - 1)} })(${expr(d - 1)})`;
    if (x < 0.73) return `typeof ${nm()}`;
    if (x < 0.78) return `[${expr(d - 1)}, ${expr(d - 1)}].length`;
    if (x < 0.83) return `({ ${nm()}: ${expr(d - 1)}, ${nm()} }).${nm()}`;
    if (x < 0.88) return `(class ${pick(["", nm()])} { static ${nm()} = ${expr(d - 1)}; static m(${params(d)}) { ${block(d - 1)} } }).${pick([nm(), "m()"])}`;
    if (x < 0.92) return `(${expr(d - 1)} ? ${expr(d - 1)} : ${expr(d - 1)})`;
    if (x < 0.96) return `${nm()}?.${nm()}`;
    return `(${nm()}++)`;
  }
  function params(d: number): string { const n = Math.floor(r() * 3); return Array.from({ length: n }, () => pat(d - 1) + (r() < 0.3 ? ` = ${r() < 0.5 ? "() => " : ""}${expr(d - 1)}` : "")).join(", "); }
  function stmt(d: number): string {
    const x = r();
    if (x < 0.2) return `${pick(["var", "let", "const"])} ${pat(d)} = ${expr(d)};`;
    if (x < 0.27) return `var ${nm()};`;
    if (x < 0.35) return `${expr(d)};`;
    if (d <= 0) return `return ${expr(0)};`;
    if (x < 0.43) return `{ ${block(d - 1)} }`;
    if (x < 0.5) return `function ${nm()}(${params(d)}) { ${block(d - 1)} }`;
    if (x < 0.56) return `try { ${stmt(d - 1)} throw ${expr(d - 1)}; } catch (${pat(d)}) { ${block(d - 1)} }`;
    if (x < 0.62) return `for (${pick(["var", "let", "const"])} ${nm()} of [${expr(d - 1)}, ${expr(d - 1)}]) { ${block(d - 1)} }`;
    if (x < 0.67) return `for (let ${nm()} = 0, n = 0; n++ < 2;) { ${block(d - 1)} }`;
    if (x < 0.73) return `switch (${expr(d - 1)}) { case ${expr(0)}: ${stmt(d - 1)} default: ${stmt(d - 1)} }`;
    if (x < 0.79) return `if (${expr(d - 1)}) { ${block(d - 1)} }`;
    if (x < 0.84) return `class ${nm()} { ${pick(["static " + nm() + " = " + expr(d - 1), nm() + "() { " + block(d - 1) + " }", "static { " + block(d-1).replace(/return [^;]*;/g, "") + " }", "[" + expr(d-1) + "]() {}"])} }`;
    if (x < 0.88) return `[${nm()}, ${nm()}] = [${expr(d - 1)}, ${expr(d - 1)}];`;
    if (x < 0.91) return `({ ${nm()}, ${nm()}: ${nm()} } = { ${nm()}: ${expr(d-1)} });`;
    return `return ${expr(d)};`;
  }
  function block(d: number): string { const n = 1 + Math.floor(r() * 2.5); return Array.from({ length: n }, () => stmt(d)).join(" "); }
  const kind = r();
  return kind < 0.6 ? `(${params(2)}) => { ${block(2)} return ${expr(1)}; }` : kind < 0.8 ? `function ${pick(["", nm()])}(${params(2)}) { ${block(2)} return ${expr(1)}; }` : `(${params(1)}) => ${expr(3)}`;
}
const inputs = [[], [1, 2, 3], [{ a: 5, b: 6, c: 7 }, [8], undefined], [[4], { a: undefined }, 0]];
const show = (v: unknown, d = 0): string => typeof v === "function" ? `fn ${v.length} ${d < 2 ? (() => { try { return show((v as () => unknown)(), d + 1); } catch (e) { return (e as Error).name; } })() : ""}` : typeof v === "object" && v !== null ? "{" + Reflect.ownKeys(v).map((k) => String(k) + ":" + show((v as Record<PropertyKey, unknown>)[k as string], d + 1)).join() + "}" : Object.is(v, -0) ? "-0" : typeof v + String(v);
function behave(fn: string): string | undefined {
  const out: string[] = [];
  for (const outer of [["1", "2", "3"], ["'x'", "() => 9", "{ a: 1, b: 2 }"]]) for (const args of inputs) {
    let f: (...a: unknown[]) => unknown;
    try { f = new Function(`"use strict"; const a = ${outer[0]}, b = ${outer[1]}, c = ${outer[2]}; return (${fn});`)() as typeof f; } catch { return undefined; }
    try { out.push(show(f(...structuredClone(args)))); } catch (e) { out.push((e as Error).name ?? String(e)); }
  }
  return out.join("|");
}
test("hunt collisions", () => {
  const seen = new Map<string, { fn: string; b: string }>(); let n = 0, shared = 0; const bad: string[] = []; const distinct = new Set<string>();
  const N = Number(process.env["HUNT"] ?? 20000), S0 = Number(process.env["SEED"] ?? 1);
  for (let seed = S0; seed < S0 + N; seed++) {
    const fn = generate(seed); const b = behave(fn); if (b === undefined) continue; n++;
    let id; try { id = identifyCode("s.js", `const a = 1, b = 2, c = 3;\nexport const f = ${fn.startsWith("function") ? `(${fn})` : fn};`, ts); } catch (e) { bad.push("THROW " + fn + (e as Error).message); continue; }
    if (id.errors.length) { bad.push("ERR " + fn + JSON.stringify(id.errors)); continue; }
    const f = id.functions.find((x) => x.line === 2); if (!f) continue;
    if (f.issues.some((i) => i.code === "unsupported-syntax")) continue;
    const key = f.hash + " " + f.captures.map((x) => x) .join();
    distinct.add(key);
    const old = seen.get(key); if (!old) seen.set(key, { fn, b }); else { if (old.fn !== fn) shared++; if (old.b !== b) bad.push(old.fn + "\n   " + fn + "\n  " + old.b + "\n  " + b); }
  }
  console.log({ n, shared, distinct: distinct.size, bad: bad.length }); console.log(bad.slice(0, 12).join("\n---\n"));
  expect(bad.length).toBe(0);
});
test("alpha", async () => {
  const bad: string[] = []; let n = 0; const N = Number(process.env["ALPHA"] ?? 3000);
  const fns: string[] = []; for (let seed = 1; seed < N; seed++) { const fn = generate(seed + 500000); if (behave(fn) !== undefined && !/function [abc]|class [abc]/.test(fn)) fns.push(fn); }
  for (const fn of fns) {
    const src = `const a = 1, b = 2, c = 3;\nexport const f = (${fn});`;
    let out: string; try { out = (await esbuild.transform(src, { minifyIdentifiers: true, loader: "js", format: "esm" })).code; } catch { continue; }
    const f1 = identifyCode("s.js", src, ts).functions.find((x) => x.line === 2)!; const all = identifyCode("s.js", out, ts).functions; const f2 = all.reduce((p, q) => (q.line < p.line || (q.line === p.line && q.column < p.column) ? q : p));
    n++; if (f1.hash !== f2.hash) bad.push(fn + "\n" + out);
  }
  console.log({ alpha: n, bad: bad.length }); console.log(bad.slice(0, 5).join("\n---\n"));
});

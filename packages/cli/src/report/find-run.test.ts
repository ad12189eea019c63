import type { RunName } from "@qmtl/core";
import { expect, test } from "vitest";
import { choose } from "./find-run.ts";

const run = (strategy: string, evalKey: string, version: string, world = "w"): RunName => ({
  world,
  strategy,
  evalKey: evalKey.padEnd(64, "0"),
  version: version.padEnd(64, "0"),
});

const FIRST = run("a", "aaaa1", "cccc");
const SECOND = run("a", "aaaa2", "cccc");
const OTHER = run("beef", "aaaa3", "dddd");
const ELSEWHERE = run("a", "aaaa1", "cccc", "v");
const KNOWN = [FIRST, SECOND, OTHER];

test.each<readonly [wanted: string, found: readonly RunName[]]>([
  ["a", [SECOND]],
  ["beef", [OTHER]],
  ["aaaa1", [FIRST]],
  ["AAAA1", [FIRST]],
  ["aaaa", [FIRST, SECOND, OTHER]],
  ["cccc", [SECOND]],
  ["dddd", [OTHER]],
  ["aaa", []],
  ["nothing", []],
  ["", []],
])("%j", (wanted, found) => {
  expect(choose(wanted, KNOWN)).toEqual(found);
});

test("a name and a digest may be found in several worlds", () => {
  expect(choose("a", [...KNOWN, ELSEWHERE])).toEqual([SECOND, ELSEWHERE]);
  expect(choose("aaaa1", [...KNOWN, ELSEWHERE])).toEqual([FIRST, ELSEWHERE]);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, digest } from "./canonical.ts";

describe("canonical JSON", () => {
  test("is RFC 8785: keys sorted by code units, shortest numbers", () => {
    expect(canonicalJson({ b: 1.0, a: [1e21, 0.1, -0, "\u20ac"], "": null })).toBe(
      '{"":null,"a":[1e+21,0.1,0,"€"],"b":1}',
    );
  });

  test("does not depend on the order of keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.boolean(), fc.constant(null))), (record) => {
        const reversed = Object.fromEntries(Object.entries(record).reverse());
        expect(digest("t", reversed)).toBe(digest("t", record));
      }),
    );
  });

  test.each<[string, unknown]>([
    ["NaN", { a: Number.NaN }],
    ["infinity", [Number.POSITIVE_INFINITY]],
    ["undefined", { a: undefined }],
    ["a function", { a: () => 1 }],
    ["a bigint", { a: 1n }],
    ["a Map", { a: new Map() }],
    ["a Date", { a: new Date(0) }],
    ["a typed array", { a: new Float64Array(1) }],
    ["a class instance", { a: new (class A {})() }],
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is refused
    ["a hole", [1, , 2]],
    ["a lone surrogate", { a: "\ud800" }],
    ["a lone surrogate in a key", { "\udc00": 1 }],
  ])("refuses %s", (_what, value) => {
    expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: "canonical.not-plain" }));
  });

  test("a digest names its scheme", () => {
    expect(digest("a/1", 1)).not.toBe(digest("a/2", 1));
    expect(digest("a/1", 1)).toMatchInlineSnapshot(
      `"87079e672d686392b14fb425fa767e74323d7e0ce3650450b5ca023c1bb5f794"`,
    );
  });
});

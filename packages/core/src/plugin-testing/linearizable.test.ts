import { describe, expect, test } from "vitest";
import { isLinearizable, type Operation } from "./linearizable.ts";

const ref = (invoked: number, answered: number, answer: string | undefined): Operation => ({
  invoked,
  answered,
  call: { kind: "ref", answer },
});
const put = (invoked: number, answered: number, value: string, answer: "created" | "exists"): Operation => ({
  invoked,
  answered,
  call: { kind: "putIfAbsent", value, answer },
});
const set = (
  invoked: number,
  answered: number,
  expected: string,
  value: string,
  answer: "set" | "conflict",
): Operation => ({
  invoked,
  answered,
  call: { kind: "compareAndSet", expected, value, answer },
});

describe("a history", () => {
  test("one after the other", () => {
    expect(
      isLinearizable([
        ref(0, 1, undefined),
        put(2, 3, "a", "created"),
        ref(4, 5, "a"),
        set(6, 7, "a", "b", "set"),
        ref(8, 9, "b"),
      ]),
    ).toBe(true);
    expect(isLinearizable([put(0, 1, "a", "created"), put(2, 3, "b", "created")])).toBe(false);
    expect(isLinearizable([put(0, 1, "a", "created"), ref(2, 3, undefined)])).toBe(false);
    expect(isLinearizable([put(0, 1, "a", "created"), set(2, 3, "b", "c", "set")])).toBe(false);
  });

  test("calls at once may take effect in any order", () => {
    expect(isLinearizable([put(0, 3, "a", "created"), ref(1, 2, undefined)])).toBe(true);
    expect(isLinearizable([put(0, 3, "a", "created"), ref(1, 2, "a")])).toBe(true);
    expect(
      isLinearizable([put(0, 1, "a", "created"), set(2, 5, "a", "b", "set"), set(3, 4, "a", "c", "conflict")]),
    ).toBe(true);
    expect(isLinearizable([put(0, 1, "a", "created"), set(2, 5, "a", "b", "set"), set(3, 4, "a", "c", "set")])).toBe(
      false,
    );
  });

  test("a value that was seen can't be unseen", () => {
    const writer = set(2, 9, "a", "b", "set");
    expect(isLinearizable([put(0, 1, "a", "created"), writer, ref(3, 4, "a"), ref(5, 6, "b")])).toBe(true);
    expect(isLinearizable([put(0, 1, "a", "created"), writer, ref(3, 4, "b"), ref(5, 6, "a")])).toBe(false);
  });
});

import { expect, test } from "vitest";
import { allEnded } from "./all-ended.ts";

test("fails with the first failure in their order, when all have ended", async () => {
  const ended: string[] = [];
  const work = async (name: string, turns: number, fails: boolean): Promise<string> => {
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    ended.push(name);
    if (fails) throw new Error(name);
    return name;
  };
  await expect(allEnded([work("slow", 40, false), work("late", 20, true), work("early", 1, true)])).rejects.toThrow(
    "late",
  );
  expect(ended).toEqual(["early", "late", "slow"]);
});

test("gives what each of them gives, and values as they are", async () => {
  expect(await allEnded([Promise.resolve(1), "two", undefined])).toEqual([1, "two", undefined]);
});

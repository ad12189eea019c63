import { expect, test } from "vitest";
import { freeTerms } from "../../backtest/order-terms.ts";
import { type AccountHead, deedsOf, follow, isFlat, NO_ACCOUNT } from "./account-journal.ts";
import { defaultAccount, requireAccount } from "./account-name.ts";
import { cancelled, opened, rebalanced, standing, traded } from "./account-record.test.kit.ts";
import { type AccountRecord, readAccountRecord, writeAccountRecord } from "./account-record.ts";
import { SHUT } from "./standing.ts";

test.each<AccountRecord>([opened, traded(10), cancelled(10), rebalanced(10)])(
  "a record ($kind) is read as it was written",
  (record) => {
    const body = JSON.parse(JSON.stringify(writeAccountRecord("a", record)));
    expect(readAccountRecord("a", { revision: 1, body })).toEqual(record);
    expect(() => readAccountRecord("a", { revision: 1, body: { ...body, format: 2 } })).toThrowError(
      expect.objectContaining({ code: "run.newer-account" }),
    );
    expect(() => readAccountRecord("a", { revision: 1, body: { ...body, more: 1 } })).toThrowError(
      expect.objectContaining({ code: "run.corrupt-account" }),
    );
  },
);

test.each<[what: string, records: readonly AccountRecord[]]>([
  ["a trade before it was opened", [traded(10)]],
  ["a bar that was traded already", [opened, traded(10), traded(10)]],
  ["a cancellation of another bar", [opened, traded(10), cancelled(11)]],
  ["a cancellation of nothing", [opened, cancelled(10)]],
  ["a rebalancing after another bar", [opened, traded(10), rebalanced(11)]],
])("%s can't follow", (_, records) => {
  expect(() => records.reduce<AccountHead>(follow, NO_ACCOUNT)).toThrowError(
    expect.objectContaining({ code: "run.corrupt-account" }),
  );
});

test("an account that is opened again has nothing of the one before", () => {
  const head = [opened, traded(10, { standing: { ...standing, waiting: 1 } })].reduce<AccountHead>(follow, NO_ACCOUNT);
  expect(isFlat(head)).toBe(false);
  expect(follow(head, opened)).toEqual({ revision: 3, opened });
  expect(isFlat(follow(head, opened))).toBe(true);
});

test("deeds go on under equal terms in one, and pass what no record names with nothing let through", () => {
  const head = { revision: 5, opened };
  const half = { terms: freeTerms(0.5) };
  const history = [traded(10), traded(11), cancelled(11), traded(12), traded(13, half), traded(20, half)];
  expect(deedsOf({ head, history }).map((deed) => (deed.kind === "trade" ? [deed.to, deed.terms] : "cancel"))).toEqual([
    [11, freeTerms(1)],
    "cancel",
    [12, freeTerms(1)],
    [13, freeTerms(0.5)],
    [19, SHUT],
    [20, freeTerms(0.5)],
  ]);
});

test("accounts of different strategies and feeds never meet", () => {
  const names = ["sma", "Sma", "sma.replay"].flatMap((name) => [
    defaultAccount(name, "live"),
    defaultAccount(name, "replay"),
  ]);
  expect(new Set(names.map(requireAccount)).size).toBe(6);
  for (const bad of ["", "A", "-a", "a b", "a".repeat(101)])
    expect(() => requireAccount(bad)).toThrowError(expect.objectContaining({ code: "run.invalid-session" }));
});

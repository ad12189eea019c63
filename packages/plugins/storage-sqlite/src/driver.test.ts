import { expect, test, vi } from "vitest";

test("is loaded without a diagnostic report, which stays where it was", async () => {
  const { report } = process;
  const asked = vi.spyOn(report, "getReport");
  const { Database } = await import("./driver.ts");
  const db = new Database(":memory:");
  expect(db.prepare("SELECT 1 AS one").get()).toMatchObject({ one: 1 });
  db.close();
  expect(asked).not.toHaveBeenCalled();
  expect(process.report).toBe(report);
});

test("is loaded with one where nothing else tells which driver is needed", async () => {
  const { Database, loadWithoutReport } = await import("./driver.ts");
  const seen: boolean[] = [];
  const loaded = loadWithoutReport(() => {
    seen.push(process.report !== undefined);
    if (process.report === undefined) throw new Error("Cannot find module '@libsql/linux-x64-musl'");
    return Database;
  });
  expect(loaded).toBe(Database);
  expect(seen).toEqual([false, true]);
});

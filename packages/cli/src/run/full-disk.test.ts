import { rmSync } from "node:fs";
import { join } from "node:path";
import type { TradedRecord } from "@qmtl/core";
import { afterEach, describe, expect, test } from "vitest";
import { fill, mayMount, mount, unmount } from "../mount.test.kit.ts";
import { makeProject } from "../project.test.kit.ts";
import { crossText, endRunners, isBars, paperWorld, startRunner } from "./runner.test.kit.ts";

const CALM = "strategies/calm.ts";
const BOLD = "strategies/bold.ts";
const REPLAY = ["--world", "paper", "--feed", "replay"] as const;

afterEach(endRunners);

describe.skipIf(!mayMount)("a full disk (skipped where this user may not mount one)", () => {
  test("ends a runner and an apply by name; when it was emptied both go on, and nothing is lost or doubled", async () => {
    const project = makeProject({
      "worlds/paper.yml": paperWorld({ id: "paper" }),
      [CALM]: crossText("calm"),
      [BOLD]: crossText("bold", "() => ({ weight: 1 })"),
    });
    const folder = join(project.root, ".qmtl");
    expect(mount(folder, "-t", "tmpfs", "-o", "size=16m", "none")).toBe(true);
    expect((await project.submit(CALM, "--world", "paper")).result.status).toBe("active");

    const first = startRunner(project, CALM, ...REPLAY, "--speed", "43200000");
    await first.seen((event) => isBars(event) && event.standing.positions.length > 0);
    const filler = fill(folder, 64);
    const ran = await first.ended;
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain('"code":"storage.full"');
    const submitted = await project.submit(BOLD, "--world", "paper");
    expect({ code: submitted.code, error: submitted.error }).toMatchObject({
      code: 3,
      error: { code: "storage.full" },
    });
    rmSync(filler);

    expect(await project.qmtl("world", "audit", "paper", "--verify")).toMatchObject({ code: 0 });
    expect((await project.submit(BOLD, "--world", "paper")).result).toMatchObject({ error: null, status: "active" });
    const again = await project.qmtl("run", CALM, ...REPLAY, "--until", "2008-01-01", "--json");
    expect(again).toMatchObject({ code: 0 });
    const traded = (await project.journal("paper", "paper.calm.replay"))
      .map(({ body }) => body as unknown as TradedRecord)
      .filter(({ kind }) => kind === "traded");
    expect(traded.slice(1).every(({ after, to }, i) => after === traded[i]!.to && to > traded[i]!.to)).toBe(true);
    const kept = new Map(traded.map((one) => [one.to, one.fills]));
    const told = first.events.filter(isBars).filter(({ recorded }) => recorded);
    expect(told.length).toBeGreaterThan(5);
    for (const { to, fills } of told) expect(kept.get(to)).toEqual(fills);
    unmount(folder);
  });
});

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import type { SessionHost } from "../session.ts";
import { hasEnded, thisHost } from "./process-life.ts";

const here = thisHost();
const { life } = here;

/** A process that does nothing, as it would say of itself. */
async function another(): Promise<{ readonly child: ChildProcess; readonly host: SessionHost }> {
  const child = spawn(process.execPath, ["-e", "console.log(1); setInterval(() => 0, 1000)"]);
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout!, "data");
  const text = readFileSync(`/proc/${child.pid}/stat`, "utf8");
  const started = text.slice(text.lastIndexOf(")") + 2).split(" ")[19]!;
  return { child, host: { name: here.name, pid: child.pid!, life: { machine: life!.machine, started } } };
}

const linux = existsSync("/proc/self/ns/time");

test("this process runs", () => {
  expect(here).toMatchObject({ pid: process.pid });
  expect(life !== undefined).toBe(linux);
  expect(hasEnded(here)).toBe(false);
});

test.skipIf(!linux)("another one runs until it was killed (only where /proc tells)", async () => {
  const { child, host } = await another();
  expect(hasEnded(host)).toBe(false);
  child.kill("SIGSTOP");
  expect(hasEnded(host)).toBe(false);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(hasEnded(host)).toBe(true);
});

test.skipIf(!linux)("who has the number of one that ended is not taken for it (only where /proc tells)", () => {
  expect(hasEnded({ ...here, life: { ...life!, started: "1" } })).toBe(true);
});

test("what can't be told is not said: another machine, another boot, another space of process numbers", async () => {
  const free = { name: here.name, pid: 4_194_305 };
  expect(hasEnded(free)).toBe(false);
  expect(hasEnded({ ...free, life: { machine: "elsewhere", started: "1" } })).toBe(false);
  expect(hasEnded({ ...here, life: { machine: `${life?.machine}0`, started: "1" } })).toBe(false);
  if (linux) expect(hasEnded({ ...free, life: life! })).toBe(true);
});

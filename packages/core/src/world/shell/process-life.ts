import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { SessionHost } from "../session.ts";

/** This process, as others may look whether it still is. */
export function thisHost(): SessionHost {
  const machine = machineOf();
  const life = machine === undefined ? undefined : statOf("self");
  return {
    name: hostname(),
    pid: process.pid,
    ...(machine !== undefined && life !== undefined && { life: { machine, started: life.started } }),
  };
}

/**
 * True when that process is known not to be any more: it ran since the same boot of this machine, among the same process numbers, and its
 * number is free, or another process has it now, which began at another time. False whenever that can't be told: on another machine, in
 * another container, on a system without `/proc`.
 */
export function hasEnded({ pid, life }: SessionHost): boolean {
  if (life === undefined || life.machine !== machineOf()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Of somebody else's process it is forbidden: then there is one.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return true;
  }
  const now = statOf(pid);
  return now !== undefined && (now.started !== life.started || (now.state === "Z" && threadsOf(pid) === 1));
}

let machine: string | undefined;

/** The boot, the process numbers and the clock that start times are counted by; undefined where they can't be known. */
function machineOf(): string | undefined {
  if (machine !== undefined) return machine;
  // A `/proc` of another space of process numbers would tell of other processes.
  if (statOf("self")?.pid !== process.pid) return undefined;
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    machine = [boot, readlinkSync("/proc/self/ns/pid"), readlinkSync("/proc/self/ns/time")].join(" ");
  } catch {
    return undefined;
  }
  return machine;
}

interface Stat {
  readonly pid: number;
  readonly state: string;
  /** Clock ticks since boot. */
  readonly started: string;
}

/** @see proc(5), `/proc/pid/stat`: the name in parentheses may hold anything, the fields after its end do not */
function statOf(pid: number | "self"): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const [state, started] = [fields[0], fields[19]];
    return state === undefined || started === undefined
      ? undefined
      : { pid: Number.parseInt(text, 10), state, started };
  } catch {
    return undefined;
  }
}

function threadsOf(pid: number): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return undefined;
  }
}

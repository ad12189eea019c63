import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type ErrorPlace, errorFromJson, QmtlError } from "@qmtl/core/schema";
import { pack, unpack } from "./packed.ts";
import type { Reply, Request, Room } from "./protocol.ts";

export interface IsolateLimits {
  /** Wall-clock seconds that one call may take. */
  readonly seconds: number;
  /** Resident memory of the isolate's process, in MB: heap and array buffers together. */
  readonly memoryMb: number;
}

export const DEFAULT_LIMITS: IsolateLimits = { seconds: 300, memoryMb: 2048 };

export interface Isolate {
  /** For an isolate that starts before the project's configuration is known. Rooms that were opened with another limit of memory start anew. */
  limit(limits: IsolateLimits): void;
  /** Starts the worker of a room; the one that was there ends. */
  open(room: Room, data: unknown): void;
  /**
   * Calls a method in a room.
   *
   * @throws what the method threw; `isolation.deadline`, `isolation.memory`, `isolation.crashed`
   */
  call<T>(room: Room, method: string, payload: unknown): Promise<T>;
  /** Node names by index, so that a deadline can name the node that was computing. */
  nameNodes(labels: ReadonlyMap<number, string>): void;
  /** Names of the project's plugins, in its order, for the same. */
  namePlugins(names: readonly string[]): void;
  /** It was closed, or ended by itself: nothing can be called any more. */
  isOver(): boolean;
  /** Ends it. Calls that are open fail with `reason`, by default `isolation.closed`. */
  close(reason?: QmtlError): void;
}

interface OpenCall {
  readonly room: Room;
  readonly method: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: QmtlError) => void;
  readonly timer: NodeJS.Timeout;
}

const WATCH_MS = 20;
const PAGE = 4096;

/**
 * A process of its own for the author's code and for synchronous plugins: an empty environment, a deadline by ending it, memory
 * by watching it from outside (heap limits do not count array buffers). It guards against accidents, not against malice.
 */
export function createIsolate(given: IsolateLimits = DEFAULT_LIMITS): Isolate {
  let limits = given;
  const entry = fileURLToPath(
    new URL(import.meta.url.endsWith(".ts") ? "../../dist/child.cjs" : "./child.cjs", import.meta.url),
  );
  const child: ChildProcess = fork(entry, [], {
    serialization: "advanced",
    env: {},
    execArgv: ["--no-warnings"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const calls = new Map<number, OpenCall>();
  let labels: ReadonlyMap<number, string> = new Map();
  let plugins: readonly string[] = [];
  let node = -1;
  let plugin = -1;
  let nextId = 0;
  let over: QmtlError | undefined;
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-4000);
  });

  const settle = (id: number): OpenCall | undefined => {
    const call = calls.get(id);
    calls.delete(id);
    if (call !== undefined) clearTimeout(call.timer);
    return call;
  };
  const failAll = (error: QmtlError, room?: Room): void => {
    for (const [id, call] of calls) if (room === undefined || call.room === room) settle(id)?.reject(error);
  };
  const end = (error: QmtlError): void => {
    if (over !== undefined) return;
    over = error;
    clearInterval(watch);
    child.kill("SIGKILL");
    failAll(error);
  };
  const placeIn = (room: Room | undefined, method?: string): ErrorPlace => {
    const label = labels.get(node);
    if (room !== "plugins") return label === undefined ? {} : { node: label };
    const name = plugins[plugin];
    return { ...(name !== undefined && { plugin: name }), ...(method !== undefined && { method }) };
  };
  const culprit = (room: Room | undefined): string =>
    room !== "plugins" ? "The strategy" : plugins[plugin] === undefined ? "A plugin" : `The plugin ${plugins[plugin]}`;
  const judgeMemory = (rss: number): void => {
    if (rss <= limits.memoryMb * 1_048_576) return;
    const [call] = calls.values();
    end(
      new QmtlError({
        code: "isolation.memory",
        message: `${culprit(call?.room)} used more than ${limits.memoryMb} MB`,
        place: placeIn(call?.room, call?.method),
        next:
          call?.room === "plugins"
            ? "Report it to the plugin's author, or raise limits.memoryMb in qmtl.config.ts."
            : "Keep less in state and module variables, or raise limits.memoryMb in qmtl.config.ts.",
        class: call?.room === "plugins" ? "failed" : "rejected",
      }),
    );
  };
  // The process's own beat can lag behind a worker that takes memory fast; where the system tells, look from outside.
  const watch = setInterval(() => {
    if (calls.size === 0 || child.pid === undefined) return;
    const pages = residentPages(child.pid);
    if (pages !== undefined) judgeMemory(pages * PAGE);
  }, WATCH_MS);
  watch.unref();

  child.on("message", (reply: Reply) => {
    switch (reply.kind) {
      case "answer":
        settle(reply.id)?.resolve(unpack(reply.value));
        return;
      case "refusal":
        settle(reply.id)?.reject(errorFromJson(reply.error));
        return;
      case "ended":
        failAll(errorFromJson({ ...reply.error, place: { ...placeIn(reply.room), ...reply.error.place } }), reply.room);
        return;
      case "beat":
        node = reply.node;
        plugin = reply.plugin;
        judgeMemory(reply.rss);
    }
  });
  child.on("error", (error) => end(crashed(error.message)));
  child.on("exit", (code, signal) => {
    if (over === undefined)
      end(crashed(`exit ${code ?? signal}${stderr === "" ? "" : `: ${stderr.trim().split("\n").at(-1)}`}`));
  });

  const post = (request: Request): void => {
    if (over !== undefined) throw over;
    child.send(request);
  };
  const rooms = new Map<Room, unknown>();
  const open = (room: Room, data: unknown): void => {
    rooms.set(room, data);
    post({ kind: "open", room, data, heapMb: limits.memoryMb });
  };
  return {
    limit: (known) => {
      const anew = known.memoryMb !== limits.memoryMb;
      limits = known;
      if (anew) for (const [room, data] of rooms) open(room, data);
    },
    open,
    isOver: () => over !== undefined,
    nameNodes: (names) => {
      labels = names;
    },
    namePlugins: (names) => {
      plugins = names;
    },
    call: <T>(room: Room, method: string, payload: unknown): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        const id = nextId++;
        const timer = setTimeout(() => {
          end(
            new QmtlError({
              code: "isolation.deadline",
              message: `${culprit(room)} did not finish "${method}" within ${limits.seconds} s`,
              place: placeIn(room, method),
              next:
                room === "plugins"
                  ? "Report it to the plugin's author, or raise limits.seconds in qmtl.config.ts."
                  : "Look for a loop that never ends, or raise limits.seconds in qmtl.config.ts.",
              class: room === "plugins" ? "failed" : "rejected",
            }),
          );
        }, limits.seconds * 1000);
        calls.set(id, { room, method, resolve: resolve as (value: unknown) => void, reject, timer });
        try {
          post({ kind: "call", id, room, method, payload: pack(payload) });
        } catch (error) {
          settle(id);
          reject(error);
        }
      }),
    close: (reason) => {
      over ??= reason ?? new QmtlError({ code: "isolation.closed", message: "The isolate is closed", class: "failed" });
      clearInterval(watch);
      child.kill("SIGKILL");
      failAll(over);
    },
  };
}

function crashed(how: string): QmtlError {
  return new QmtlError({
    code: "isolation.crashed",
    message: `The process that runs the strategy ended (${how})`,
    next: "Submit again; if it stays, lower the strategy's memory use.",
    class: "failed",
  });
}

/** Resident pages of a process where the system has /proc, else undefined. */
function residentPages(pid: number): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
  } catch {
    // No /proc on this system, or the process is gone: its own beat and its exit tell.
    return undefined;
  }
}

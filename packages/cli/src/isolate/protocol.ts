import type { QmtlErrorJson } from "@qmtl/core/schema";
import type { Packed } from "./packed.ts";

/** The two workers of an isolate: the author's code, and the synchronous plugins. They share a process and no memory. */
export type Room = "strategy" | "plugins";

/** From the parent to the isolate's process. */
export type Request =
  | { readonly kind: "open"; readonly room: Room; readonly data: unknown; readonly heapMb: number }
  | {
      readonly kind: "call";
      readonly id: number;
      readonly room: Room;
      readonly method: string;
      readonly payload: Packed;
    };

/** From the isolate's process to the parent. */
export type Reply =
  | { readonly kind: "answer"; readonly id: number; readonly value: Packed }
  | { readonly kind: "refusal"; readonly id: number; readonly error: QmtlErrorJson }
  /** A worker ended by itself; every call of its room is lost. */
  | { readonly kind: "ended"; readonly room: Room; readonly error: QmtlErrorJson }
  /** Sent while calls are open: memory of the process, and who computes: index of the node and of the project's plugin, or -1. */
  | { readonly kind: "beat"; readonly rss: number; readonly node: number; readonly plugin: number };

/** What a worker answers to its process. */
export type WorkerReply = Extract<Reply, { kind: "answer" | "refusal" }>;

/** Where the workers write who computes: the strategy's the index of the node first, the plugins' that of the plugin. */
export const PROGRESS_LENGTH = 2;
export const PLUGIN_SLOT = 1;

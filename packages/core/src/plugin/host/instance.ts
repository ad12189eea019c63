import type { PluginInstances, PluginKind } from "../contract/plugin.ts";
import type { Fault } from "./call.ts";
import { isRecord } from "./guard.ts";

const METHODS = {
  "data-provider": ["presets", "coverage", "read", "revision"],
  evaluator: ["evaluate"],
  allocator: ["allocate"],
  storage: [],
} as const satisfies Readonly<Record<PluginKind, readonly string[]>>;

const CONTRACTS = {
  state: ["append", "read", "head", "worlds"],
  objects: ["put", "get", "has", "ref", "putIfAbsent", "compareAndSet", "refs"],
} as const;

/** What `setup` gave has the methods of its kind, and no claim without the method behind it. */
export function checkInstance<K extends PluginKind>(kind: K, answer: unknown, fault: Fault): PluginInstances[K] {
  if (!isRecord(answer)) return fault("is not an object");
  for (const method of METHODS[kind]) if (typeof answer[method] !== "function") fault(`has no method ${method}`);
  if (answer["dispose"] !== undefined && typeof answer["dispose"] !== "function")
    fault("has a dispose that can't be called");
  if (kind === "data-provider") {
    const { supports } = answer;
    if (!isRecord(supports) || typeof supports["live"] !== "boolean" || typeof supports["pointInTime"] !== "boolean")
      return fault("does not say what it supports: { live, pointInTime }");
    if (supports["live"] && typeof answer["follow"] !== "function") fault("claims live data and has no method follow");
  }
  if (kind === "storage") {
    if (answer["state"] === undefined && answer["objects"] === undefined) fault("serves neither state nor objects");
    for (const [contract, methods] of Object.entries(CONTRACTS)) {
      const served = answer[contract];
      if (served === undefined) continue;
      if (!isRecord(served)) return fault(`has a ${contract} that is no object`);
      for (const method of methods)
        if (typeof served[method] !== "function") fault(`has no method ${contract}.${method}`);
    }
  }
  return answer as unknown as PluginInstances[K];
}

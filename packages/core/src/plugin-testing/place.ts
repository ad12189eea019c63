import type { Storage } from "../plugin/contract/storage.ts";
import { claim } from "./claim.ts";
import type { Opened, Setting } from "./opened.ts";

/** Opens instances on one fresh place, runs a case, and closes whatever it opened. */
export type Place = (
  body: (open: () => Promise<Opened<"storage">>, setting: Setting) => Promise<void>,
) => Promise<void>;

/** The contract, which the adapter has to serve. */
export function need<K extends "state" | "objects">(storage: Storage, contract: K): NonNullable<Storage[K]> {
  const served = storage[contract];
  claim(served !== undefined, `the adapter does not serve ${contract}`);
  return served as NonNullable<Storage[K]>;
}

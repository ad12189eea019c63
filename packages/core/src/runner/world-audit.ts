import { type AuditLine, audit } from "../world/audit.ts";
import type { ChainCheck } from "../world/chain.ts";
import { openWorld } from "../world/shell/open-world.ts";
import type { LoadedWorld } from "./load-world.ts";

type Loaded = Pick<LoadedWorld, "config" | "state">;

interface AuditOptions {
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

/**
 * What happened in a world, one line per record, oldest first.
 *
 * @throws `world.broken-chain` where the journal was altered
 */
export async function readAudit({ config, state }: Loaded, options: AuditOptions): Promise<readonly AuditLine[]> {
  return audit(await openWorld({ storage: state, config, ...options }).entries());
}

/** Whether the journal of a world is as it was written. */
export async function verifyAudit({ config, state }: Loaded, options: AuditOptions): Promise<ChainCheck> {
  return openWorld({ storage: state, config, ...options }).verify();
}

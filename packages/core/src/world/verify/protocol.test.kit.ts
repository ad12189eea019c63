import { type ApplyEvent, type ApplyState, type ApplyStep, evolve, messageOf, step } from "../apply.ts";
import { type GateEvent, type GateState, type GateStep, stepGate } from "../gate.ts";
import type { ApplyRecord } from "../record.ts";

/**
 * The parts of the apply that decide what is safe, as one value: the checks take it, so that a defect can be put in the place of a part
 * without a trace of it in the product.
 */
export interface Protocol {
  readonly step: (state: ApplyState, event: ApplyEvent, context: { at: number; revision: number }) => ApplyStep;
  readonly evolve: (state: ApplyState, record: ApplyRecord, revision: number) => ApplyState;
  readonly messageOf: typeof messageOf;
  readonly stepGate: (state: GateState, event: GateEvent) => GateStep;
  /** What an append of records that were built on an older head does. */
  readonly staleAppend: "conflict" | "blind" | "overwrite";
  /** Whether messages can be out although the records that they tell of were not written. */
  readonly tellsBeforeDurable: boolean;
  /** Who others count as lost. By the clock that is whoever they like, for clocks may be set. */
  readonly losesBy: "elapsed-time" | "clock";
}

/** The product's own. */
export const REAL: Protocol = {
  step,
  evolve,
  messageOf,
  stepGate,
  staleAppend: "conflict",
  tellsBeforeDurable: false,
  losesBy: "elapsed-time",
};

import type { FillKind } from "./fill-log.ts";
import type { OrderType } from "./order-type.ts";
import type { RiskBreach } from "./risk.ts";

/**
 * What became of orders, in the order in which it happened. What protects a position belongs to the order that opens it, and forced closings
 * show in the fills alone.
 */
export type OrderEvent =
  | {
      readonly kind: "placed";
      readonly symbol: string;
      /** Stamp of the decision, ms UTC. */
      readonly time: number;
      readonly because: FillKind;
      readonly type: OrderType;
      /** Signed units, and what is to be held afterwards. */
      readonly quantity: number;
      readonly to: number;
      /** Levels, where its type has them. */
      readonly limit?: number;
      readonly stop?: number;
      readonly trail?: number;
      readonly protection?: readonly {
        readonly because: FillKind;
        readonly limit?: number;
        readonly stop?: number;
        readonly trail?: number;
      }[];
    }
  | {
      readonly kind: "withdrawn";
      readonly symbol: string;
      readonly time: number;
      /** What it was to bring the position to. */
      readonly to: number;
    }
  /** Limits of risk let less of it pass, or nothing: `allowed` is what may be held. */
  | {
      readonly kind: "limited";
      readonly symbol: string;
      readonly time: number;
      readonly to: number;
      readonly allowed: number;
      readonly breaches: readonly RiskBreach[];
    }
  /** The gate let nothing of it pass. */
  | { readonly kind: "refused"; readonly symbol: string; readonly time: number; readonly to: number };

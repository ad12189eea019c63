/**
 * Why an order is not admitted. The list is closed; the first nine are why a gate is shut, the others are about one order at an open
 * gate. Each has its sentence for people.
 */
export const GATE_REASONS = {
  joining: "The session has not seen the world's activation yet",
  preparing: "The activated version is being loaded and warmed up",
  prepare_failed: "The activated version could not be loaded and warmed up",
  apply_running: "An apply is running",
  rolled_back_frozen:
    "The last apply was rolled back, and not everybody confirmed it: gates stay shut until the next one",
  session_lost: "The session was not renewed in time",
  not_activated: "The world's activation does not list the strategy",
  digest_mismatch: "What is activated is not what is held",
  mode_without_orders: "The world's word on the version is none that lets orders out",
  domain_without_orders: "The run's execution domain is none that lets orders out",
  entry_frozen: "The activation is frozen: no order is admitted",
  drain_reduce_only: "The activation drains: only what reduces the position is admitted",
  side_closed: "The activation is closed for more exposure on that side",
  malformed_order: "The order has no finite position or quantity",
} as const;

export type GateReason = keyof typeof GATE_REASONS;

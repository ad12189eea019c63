import { deserialize, serialize } from "node:v8";

/**
 * What a call takes or answers, in one piece. The isolate's process stands between the two ends and looks at none of it: piece by piece, it would read
 * and write every object again.
 */
export type Packed = Uint8Array;

export function pack(value: unknown): Packed {
  return serialize(value);
}

export function unpack(packed: Packed): unknown {
  return deserialize(packed);
}

import { digestBytes } from "../../schema/canonical.ts";

/**
 * A number from 0 up to 1 that is the same on every machine: the first 8 bytes, big-endian, of the SHA-256 of `world:strategy:period`,
 * over 2^64. Of many strategies a fraction f lies below f, others in each period.
 */
export function canaryScore(world: string, strategy: string, period: string): number {
  const hex = digestBytes(new TextEncoder().encode(`${world}:${strategy}:${period}`)).slice(0, 16);
  return Number(BigInt(`0x${hex}`)) / 2 ** 64;
}

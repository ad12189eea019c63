import { createHash } from "node:crypto";

/** A stream of numbers that depends on its name alone: integer arithmetic and exact sums, so every machine and engine gives the same. */
export interface Random {
  /** In [0, 1), 32 bits fine. */
  uniform(): number;
  /** Mean 0, variance 1, within 6 of 0: twelve uniform numbers less six (Irwin-Hall). No logarithm, whose last bit differs between engines. */
  normal(): number;
}

/** sfc32 (C. Doty-Humphrey, PractRand), seeded by the SHA-256 of the name. */
export function createRandom(name: string): Random {
  const seed = createHash("sha256").update(name).digest();
  let a = seed.readInt32LE(0);
  let b = seed.readInt32LE(4);
  let c = seed.readInt32LE(8);
  let counter = 1;
  /** The sum of so many draws, each a whole number below 2^32: exact up to 2^21 of them. The state stays in locals for the loop. */
  function sumOf(draws: number): number {
    let [x, y, z, n, sum] = [a, b, c, counter, 0];
    for (let i = 0; i < draws; i++) {
      const out = (x + y + n) | 0;
      n = (n + 1) | 0;
      x = y ^ (y >>> 9);
      y = (z + (z << 3)) | 0;
      z = (z << 21) | (z >>> 11);
      z = (z + out) | 0;
      sum += out >>> 0;
    }
    [a, b, c, counter] = [x, y, z, n];
    return sum;
  }
  sumOf(12);
  return {
    uniform: () => sumOf(1) / 4_294_967_296,
    normal: () => sumOf(12) / 4_294_967_296 - 6,
  };
}

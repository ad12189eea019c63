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
  /** a, b, c and the counter: cells of 32 bits, so that nothing is allocated for a draw. */
  const state = Int32Array.of(seed.readInt32LE(0), seed.readInt32LE(4), seed.readInt32LE(8), 1);
  /** The sum of so many draws, each a whole number below 2^32: exact up to 2^21 of them. The state stays in locals for the loop. */
  function sumOf(draws: number): number {
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let counter = state[3]!;
    let sum = 0;
    for (let i = 0; i < draws; i++) {
      const out = (a + b + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (c << 21) | (c >>> 11);
      c = (c + out) | 0;
      sum += out >>> 0;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = counter;
    return sum;
  }
  sumOf(12);
  return {
    uniform: () => sumOf(1) / 4_294_967_296,
    normal: () => sumOf(12) / 4_294_967_296 - 6,
  };
}

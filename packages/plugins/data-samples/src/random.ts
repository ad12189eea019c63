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
  function next(): number {
    const out = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + out) | 0;
    return out >>> 0;
  }
  for (let i = 0; i < 12; i++) next();
  return {
    uniform: () => next() / 4_294_967_296,
    normal() {
      let sum = 0;
      for (let i = 0; i < 12; i++) sum += next();
      return sum / 4_294_967_296 - 6;
    },
  };
}

// The prelude of a strategy takes the global one away.
import { Buffer } from "node:buffer";
import { createHash, randomUUID } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { Script } from "node:vm";

/** A bundle that was loaded, and what V8 has compiled of it by the time it is asked. */
export interface LoadedBundle {
  readonly exports: unknown;
  /** What stands in `<file>.v8` from then on. */
  readonly compiled: () => Uint8Array;
  /**
   * Writes `<file>.v8` where there is none that fits: a bundle that has done its work once is loaded with all that it took from then on. Where it
   * may not be written, the text is compiled again the next time.
   */
  readonly keep: () => void;
}

const DIGEST_BYTES = 32;

/**
 * Loads a CommonJS bundle of ours as `require` would, from what V8 compiled of it before: `<file>.v8`. Where that is missing, damaged, of
 * another text or of another V8, the text is compiled. `import()` does not work in it.
 *
 * @param file absolute; its text is ASCII
 */
export function loadCompiled(file: string): LoadedBundle {
  const text = readFileSync(file, "latin1");
  const kept = compiledOf(file, text);
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, {
    filename: file,
    ...(kept !== undefined && { cachedData: kept }),
  });
  const fits = kept !== undefined && script.cachedDataRejected !== true;
  const module: { exports: unknown } = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
  const compiled = (): Uint8Array => {
    const code = script.createCachedData();
    return Buffer.concat([digestOf(text, code), code]);
  };
  return {
    exports: module.exports,
    compiled,
    keep: () => {
      if (!fits) write(`${file}.v8`, compiled());
    },
  };
}

/** In one step, for others may load it meanwhile. */
function write(file: string, bytes: Uint8Array): void {
  const draft = `${file}.${randomUUID()}`;
  try {
    writeFileSync(draft, bytes);
    renameSync(draft, file);
  } catch {
    // A folder of somebody else, or a full disk: it costs time, no more.
    rmSync(draft, { force: true });
  }
}

/** V8 compares its version and the length of the text, and trusts the rest: that it is what was made of this text is for us to see. */
function compiledOf(file: string, text: string): Buffer | undefined {
  try {
    const bytes = readFileSync(`${file}.v8`);
    const code = bytes.subarray(DIGEST_BYTES);
    return digestOf(text, code).equals(bytes.subarray(0, DIGEST_BYTES)) ? code : undefined;
  } catch {
    // Nobody compiled it ahead.
    return undefined;
  }
}

function digestOf(text: string, code: Buffer): Buffer {
  return createHash("sha256").update(text, "latin1").update(code).digest();
}

import { isQmtlError, type QmtlError } from "../schema/error.ts";

/** Fails the case with a sentence about what is wrong. */
export function claim(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

/** Fails the case unless both are the same plain data: `NaN` equals `NaN`, typed arrays by content. */
export function claimSame(actual: unknown, expected: unknown, what: string): void {
  const path = difference(actual, expected, "");
  if (path !== undefined)
    throw new Error(`${what} differs${path === "" ? "" : ` at ${path}`}: ${show(actual)} is not ${show(expected)}`);
}

/** Fails the case unless the work is refused with a coded error, of this code when one is named. */
export async function claimRefused(work: () => unknown, what: string, code?: string): Promise<QmtlError> {
  let answer: unknown;
  try {
    answer = await work();
  } catch (error) {
    claim(isQmtlError(error), `${what} ended in an error without a code: ${show(String(error))}`);
    claim(code === undefined || error.code === code, `${what} was refused with ${error.code}, not with ${code}`);
    return error;
  }
  throw new Error(`${what} was not refused but answered ${show(answer)}`);
}

/** The path of the first difference, or nothing. */
function difference(a: unknown, b: unknown, path: string): string | undefined {
  if (Object.is(a, b)) return undefined;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return path;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return path;
  const keys = Object.keys(a);
  const others = Object.keys(b);
  if (keys.length !== others.length) return path;
  for (const key of keys) {
    if (!Object.hasOwn(b, key)) return `${path}.${key}`;
    const inner = difference(
      (a as Record<string, unknown>)[key],
      (b as Record<string, unknown>)[key],
      `${path}.${key}`,
    );
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function show(value: unknown): string {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

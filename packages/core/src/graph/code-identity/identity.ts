import { type CapturedTable, capturedTables } from "./captured-tables.ts";
import { type Cause, type CodeLocation, explainCause, isRejecting } from "./causes.ts";
import { identifyValue } from "./identify-value.ts";
import { type Intrinsics, readIntrinsics } from "./intrinsics.ts";
import { type AnyFunction, createRegistry, type FunctionTable, type Hooks, type SdkModule } from "./registry.ts";
import { codeScheme, digest } from "./scheme.ts";

/** Which computation a value is: a function with all that it reaches, or plain data. */
export interface CodeIdentity {
  /** 64 hexadecimal digits. Equal ids mean the same canonical code over the same frozen values. */
  readonly id: string;
  /** True when nothing else may share the id: something in reach could not be proven, see {@link causes}. */
  readonly unique: boolean;
  /** True when the strategy must be refused. */
  readonly rejected: boolean;
  readonly causes: readonly Cause[];
}

export interface IdentityOptions {
  /** Makes unique ids differ from run to run. */
  readonly runId: string;
  /** What the tags in the loaded code refer to. */
  readonly functions: FunctionTable;
  /** Digests of packages, by `module id|specifier`. */
  readonly packages: Readonly<Record<string, string>>;
  /** The modules that the loader provides; their exports are known by specifier, version and name. */
  readonly sdk: readonly SdkModule[];
  /** True for a stream, column or node, which a compute must take as an input. */
  readonly isHandle: (value: unknown) => boolean;
}

export interface IdentityRegistry {
  /** To be handed to the tagged code under the name {@link hookName}. */
  readonly hooks: Hooks;
  /**
   * The identity of a `compute`, a `state`, or a constant. Call it when the graph is complete: what it walks is frozen.
   */
  identify(value: unknown): CodeIdentity;
  /** Where the author wrote a function; undefined for code that was not tagged. */
  locate(code: AnyFunction): CodeLocation | undefined;
  /** The tables that a function carries, whatever its identity. */
  tables(code: AnyFunction): readonly CapturedTable[];
  /** Ends tagging. Call it when `graph()` has returned, before identities are asked for and before any bar is computed. */
  close(): void;
  /** Tags again, where `graph()` runs for other params. Close it again afterwards. */
  reopen(): void;
}

/** Create it before any module of the strategy is evaluated: from then on, changes to built-ins are noticed. */
export function createIdentityRegistry(options: IdentityOptions): IdentityRegistry {
  const intrinsics = readIntrinsics();
  const registry = createRegistry(options);
  const patches = watchPatches(intrinsics);
  let ordinal = 0;

  return {
    hooks: registry.hooks,
    identify(value) {
      const found = identifyValue(value, { registry, intrinsics, isHandle: options.isHandle });
      const patched = patches.find();
      const causes = patched === undefined ? found.causes : [...found.causes, patched];
      const unique = causes.length > 0;
      return {
        id: unique ? digest(codeScheme, "unique", options.runId, String(ordinal++)) : found.digest,
        unique,
        rejected: causes.some(({ code }) => isRejecting(code)),
        causes,
      };
    },
    locate: (code) => registry.tagOf(code)?.site.location,
    tables: (code) => capturedTables(code, registry),
    close() {
      registry.close();
      patches.settle();
    },
    reopen: () => registry.reopen(),
  };
}

/** Once tagging has ended no user code runs between two identities, so one look at the built-ins is enough. */
function watchPatches(intrinsics: Intrinsics): { find(): Cause | undefined; settle(): void } {
  let settled: { readonly cause: Cause | undefined } | undefined;
  const look = (): Cause | undefined => {
    const path = intrinsics.findPatched();
    if (path === undefined) return undefined;
    return { code: "patched-intrinsic", message: explainCause("patched-intrinsic", path), path };
  };
  return {
    find: () => (settled === undefined ? look() : settled.cause),
    settle() {
      settled ??= { cause: look() };
    },
  };
}

import type { Cell, Columns, Value } from "../schema/cell.ts";
import { QmtlError } from "../schema/error.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Domain, IntervalOf, Panel, Readable, Row, Scope, ScopeOf, ValueOf } from "./column.ts";
import { DOMAINS } from "./column.ts";
import { requireBars } from "./count.ts";
import type { UserFunction } from "./graph.ts";
import type { DraftInput, DraftRead } from "./handle.ts";
import { commonClock, meaningOf, panelHandle } from "./handle.ts";
import { refuseUnknownKeys } from "./option.ts";

/** What a node may read: columns, panels, windows, and plain constants (params among them). */
export type Input = Readable<unknown, Interval, Scope> | number | boolean | string;
export type Inputs = { readonly [name: string]: Input };

/** What `compute` receives. */
export type Values<In> = { readonly [K in keyof In]: ValueOf<In[K]> };

/** The one clock of a node's inputs. */
export type ClockOf<In> = IntervalOf<In[keyof In]>;

/** `"symbol"` as soon as one input is per symbol. */
export type ScopeOfAll<In> = "symbol" extends ScopeOf<In[keyof In]> ? "symbol" : "market";

/** An input that can't be joined; the type arguments say why. */
interface Mixed<This extends Interval, Others extends Interval> {
  readonly "resample() one of them": [This, Others];
}

interface Unclocked {
  readonly "a node reads at least one column": never;
}

/** Refuses inputs of more than one clock, at the inputs. */
export type OneClock<In, I extends Interval = ClockOf<In>> = Interval extends I
  ? unknown
  : [I] extends [never]
    ? Unclocked
    : {
        readonly [K in keyof In]: [IntervalOf<In[K]>] extends [never]
          ? unknown
          : [I] extends [IntervalOf<In[K]>]
            ? unknown
            : Mixed<IntervalOf<In[K]>, Exclude<I, IntervalOf<In[K]>>>;
      };

type NotPlain<M> = M extends number | boolean | string | null | undefined | Float64Array | Int32Array
  ? never
  : M extends readonly (infer E)[]
    ? NotPlain<E>
    : M extends { readonly [Symbol.iterator]: unknown } | PromiseLike<unknown> | ((...args: never) => unknown)
      ? M
      : M extends object
        ? { [K in keyof M]: NotPlain<M[K]> }[keyof M]
        : M;

/** Node state can be saved and compared: numbers, booleans, strings, arrays and records of them, `Float64Array`, `Int32Array`. */
export type PlainState<M> = [NotPlain<M>] extends [never]
  ? unknown
  : { readonly state: { readonly "state is plain data, which excludes": NotPlain<M> } };

interface Undeclared<K> {
  readonly "not declared in output": K;
}

/** Refuses outputs that were not declared. (A missing one, another type and a promise fail against `Row<S>` already.) */
export type Exactly<R, S extends Columns> = { readonly [K in Exclude<keyof R, keyof S>]: Undeclared<K> };

export interface NodeSpec<In, Out extends Columns, M, R> {
  /** Unique in the strategy, a literal; shown wherever the node is reported. A label, not identity. */
  readonly name: string;
  readonly inputs: In & OneClock<In>;
  readonly output: Out;
  /** Memory of one symbol, created once per symbol. Without it `compute` must depend on nothing but its inputs. */
  readonly state?: () => M;
  /** Bars after which the state has forgotten where it began. Unsaid, it never does, and a run always replays from the first bar. */
  readonly warmup?: number;
  /** Where the node may run; everywhere unless narrowed. */
  readonly domains?: readonly [Domain, ...Domain[]];
  /** One complete bar of one symbol. Synchronous and deterministic; sees its inputs, its state and module code, and captures nothing. */
  readonly compute: (inputs: Values<In>, state: M) => R & Exactly<R, Out>;
}

/**
 * A computation of your own, mapped over symbols.
 *
 * @throws `strategy.invalid-name`, `strategy.mixed-intervals`, `strategy.no-clock`, `strategy.unknown-option`
 * @example
 * const trend = node({
 *   name: "trend",
 *   inputs: { fast, slow },
 *   output: { weight: fraction },
 *   compute: ({ fast, slow }) => ({ weight: fast > slow ? 1 : 0 }),
 * });
 */
export function node<In extends Inputs, Out extends Columns, R extends Row<Out>, M = undefined>(
  spec: NodeSpec<In, Out, M, R> & PlainState<M>,
): Panel<Out, ClockOf<In>, ScopeOfAll<In>> {
  const name = requireName(spec.name);
  const where = `Node "${name}"`;
  refuseUnknownKeys(spec, ["name", "inputs", "output", "state", "warmup", "domains", "compute"], where);
  const inputs = draftInputs(spec.inputs, where);
  return panelHandle({
    node: {
      kind: "user",
      name,
      compute: requireFunction(spec.compute, `compute of ${where}`),
      state: spec.state === undefined ? undefined : requireFunction(spec.state, `state of ${where}`),
      warmup: spec.warmup === undefined ? undefined : requireBars(spec.warmup, `warmup of ${where}`, 0),
      domains: requireDomains(spec.domains, where),
      output: requireOutput(spec.output, where),
      ...commonClock(inputs, where),
    },
    inputs,
  }) as unknown as Panel<Out, ClockOf<In>, ScopeOfAll<In>>;
}

/** One value per symbol that has all inputs at this bar, in the universe's order. Reused: read it, never keep it. */
export interface CrossView<T extends Cell> {
  readonly length: number;
  at(symbol: number): Value<T>;
}

/** Where the outputs go. What is not set stays "no value". */
export interface CrossOut<T extends Cell> {
  set(symbol: number, value: Value<T>): void;
}

export type CrossInputs = { readonly [name: string]: Column<Cell, Interval, Scope> | number | boolean | string };

type CrossValues<In> = {
  readonly [K in keyof In]: In[K] extends Column<infer T, Interval, infer A>
    ? "market" extends A
      ? Value<T>
      : CrossView<T>
    : In[K];
};

export interface CrossSectionSpec<In, Out extends Columns> {
  readonly name: string;
  readonly inputs: In & OneClock<In>;
  readonly output: Out;
  readonly domains?: readonly [Domain, ...Domain[]];
  /** One bar of all symbols that are present. Writes into `out`, by the same index; returns nothing. */
  readonly compute: (inputs: CrossValues<In>, out: { readonly [K in keyof Out]: CrossOut<Out[K]> }) => undefined;
}

/**
 * Compares the symbols of one bar with each other and gives each its outputs.
 *
 * @throws as {@link node}
 */
export function crossSection<In extends CrossInputs, Out extends Columns>(
  spec: CrossSectionSpec<In, Out>,
): Panel<Out, ClockOf<In>> {
  const name = requireName(spec.name);
  const where = `Cross section "${name}"`;
  refuseUnknownKeys(spec, ["name", "inputs", "output", "domains", "compute"], where);
  const inputs = crossInputs(spec.inputs, where);
  return panelHandle({
    node: {
      kind: "cross-section",
      name,
      compute: requireFunction(spec.compute, `compute of ${where}`),
      domains: requireDomains(spec.domains, where),
      output: requireOutput(spec.output, where),
      interval: symbolClock(inputs, where),
      scope: "symbol",
    },
    inputs,
  }) as unknown as Panel<Out, ClockOf<In>>;
}

export interface AggregateSpec<In, Out extends Columns, R> {
  readonly name: string;
  readonly inputs: In & OneClock<In>;
  readonly output: Out;
  readonly compute: (inputs: CrossValues<In>) => R & Exactly<R, Out>;
}

/**
 * Folds the symbols of one bar into market-wide columns: breadth, dispersion, an equal-weight index.
 *
 * @throws as {@link node}
 */
export function aggregate<In extends CrossInputs, Out extends Columns, R extends Row<Out>>(
  spec: AggregateSpec<In, Out, R>,
): Panel<Out, ClockOf<In>, "market"> {
  const name = requireName(spec.name);
  const where = `Aggregate "${name}"`;
  refuseUnknownKeys(spec, ["name", "inputs", "output", "compute"], where);
  const inputs = crossInputs(spec.inputs, where);
  return panelHandle({
    node: {
      kind: "aggregate",
      name,
      compute: requireFunction(spec.compute, `compute of ${where}`),
      output: requireOutput(spec.output, where),
      interval: symbolClock(inputs, where),
      scope: "market",
    },
    inputs,
  }) as unknown as Panel<Out, ClockOf<In>, "market">;
}

function crossInputs(inputs: object, where: string): readonly DraftInput[] {
  const drafts = draftInputs(inputs, where);
  for (const { name, read } of drafts)
    if (read.kind !== "column" && read.kind !== "constant")
      throw new QmtlError({
        code: "strategy.column-expected",
        message: `Input "${name}" of ${where} is a ${read.kind}, where one column is needed`,
        next: "Name a column of it, for example bars.close.",
      });
  return drafts;
}

/** @throws `strategy.wrong-scope` where no input has symbols to compare */
function symbolClock(inputs: readonly DraftInput[], where: string): Interval {
  const { interval, scope } = commonClock(inputs, where);
  if (scope === "symbol") return interval;
  throw new QmtlError({
    code: "strategy.wrong-scope",
    message: `${where} compares symbols, and each of its inputs has one value for the whole market`,
    next: "Give it at least one symbol column.",
  });
}

/** Reads an `inputs` object in the order in which it was written. */
export function draftInputs(inputs: object, where: string): readonly DraftInput[] {
  if (typeof inputs !== "object" || inputs === null)
    throw new QmtlError({
      code: "strategy.invalid-inputs",
      message: `${where} has no inputs object`,
      next: "Write inputs: { name: column }.",
    });
  return Object.entries(inputs).map(([name, value]) => ({
    name,
    read: draftRead(value, `Input "${name}" of ${where}`),
  }));
}

function draftRead(value: unknown, where: string): DraftRead {
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "string")
    return { kind: "constant", value };
  const meaning = meaningOf(value, where);
  switch (meaning.kind) {
    case "column":
      return meaning;
    case "panel":
      return meaning;
    case "window":
      return meaning.of.kind === "column"
        ? { kind: "window", bars: meaning.bars, from: meaning.of.from }
        : { kind: "window-panel", bars: meaning.bars, draft: meaning.of.draft };
    case "label":
      throw new QmtlError({
        code: "strategy.label-not-causal",
        message: `${where} is a label: it is known only after its bar`,
        next: "Use labels in dataset() only.",
      });
    default:
      throw new QmtlError({
        code: "strategy.invalid-inputs",
        message: `${where} is a ${meaning.kind}`,
        next: "Pass a column, a panel, a window or a constant.",
      });
  }
}

const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/;

/** @throws `strategy.invalid-name` */
export function requireName(name: unknown): string {
  if (typeof name === "string" && NAME.test(name)) return name;
  throw new QmtlError({
    code: "strategy.invalid-name",
    message: `${JSON.stringify(name) ?? String(name)} is not a name`,
    next: "Begin with a letter; letters, digits, dots, dashes and underscores follow, at most 100.",
  });
}

function requireFunction(value: unknown, where: string): UserFunction {
  if (typeof value === "function") return value as UserFunction;
  throw new QmtlError({
    code: "strategy.invalid-function",
    message: `${where} is ${value === undefined ? "missing" : `a ${typeof value}`}`,
    next: "Write a synchronous function.",
  });
}

function requireDomains(domains: readonly Domain[] | undefined, where: string): readonly Domain[] | undefined {
  if (domains === undefined) return undefined;
  if (!Array.isArray(domains) || domains.length === 0)
    throw new QmtlError({
      code: "strategy.unknown-domain",
      message: `${where} names no domain`,
      next: `Name at least one of ${DOMAINS.join(", ")}, or leave domains out.`,
    });
  for (const domain of domains)
    if (!DOMAINS.includes(domain))
      throw new QmtlError({
        code: "strategy.unknown-domain",
        message: `${where} names the domain ${JSON.stringify(domain)}`,
        next: `Use ${DOMAINS.join(", ")}.`,
      });
  return Object.freeze(DOMAINS.filter((domain) => domains.includes(domain)));
}

const OUTPUT = /^[A-Za-z][A-Za-z0-9_]*$/;

function requireOutput<Out extends Columns>(output: Out, where: string): Out {
  const names = Object.keys(output ?? {});
  const wrong = names.find((name) => !OUTPUT.test(name));
  if (names.length > 0 && wrong === undefined) return Object.freeze({ ...output });
  throw new QmtlError({
    code: "strategy.invalid-output",
    message: wrong === undefined ? `${where} declares no output` : `"${wrong}" of ${where} is not a column name`,
    next: "Write output: { weight: fraction }, with letters, digits and underscores.",
  });
}

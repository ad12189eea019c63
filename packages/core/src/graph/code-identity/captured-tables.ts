import { types } from "node:util";
import type { CodeLocation } from "./causes.ts";
import { type AnyFunction, CapturedProperty, isObject, type Registry } from "./registry.ts";

/** A collection that code carries with it, by value. */
export interface CapturedTable {
  /** How the function reaches it, for example `helper > table.SPX`; empty for dates in its own text. */
  readonly path: string;
  /** Of the function that captures it. */
  readonly location?: CodeLocation;
  /** Numbers, or records, that it holds. */
  readonly entries: number;
  /** The instants that its keys, or its records' fields, name: ms UTC, in their order. */
  readonly dates: readonly number[];
}

/** Smaller collections are settings. */
const SMALL = 20;
const DEEPEST = 50;
/** As it was when this module was loaded: {@link hardenIntrinsics} hides the text from the author's code. */
const textOf = Function.prototype.toString;

/**
 * The tables in reach of a function: arrays, records, maps, sets and typed arrays of at least twenty entries, and dates written into the
 * text of the functions themselves.
 */
export function capturedTables(root: unknown, registry: Registry): readonly CapturedTable[] {
  const found: CapturedTable[] = [];
  const seen = new Set<object>();

  function add(path: string, location: CodeLocation | undefined, entries: number, dates: readonly number[]): void {
    if (entries >= SMALL) found.push({ path, entries, dates, ...(location !== undefined && { location }) });
  }

  function visit(it: unknown, path: string, location: CodeLocation | undefined, depth: number): void {
    const value = it instanceof CapturedProperty ? propertyOf(it) : it;
    if (!isObject(value) || seen.has(value) || depth > DEEPEST || types.isProxy(value)) return;
    seen.add(value);
    if (registry.external(value) !== undefined) return;
    if (typeof value === "function") {
      visitFunction(value, path, depth);
      return;
    }
    const items = itemsOf(value);
    if (items === undefined) return;
    const numbers = items.filter(({ item }) => typeof item === "number" || Array.isArray(item) || isRecord(item));
    const named = items.flatMap(({ key, item }) => instantOf(key) ?? recordInstant(item) ?? []);
    // A list of bare numbers, such as volumes, may look like instants: those of a calendar ascend.
    const isBare = items.every(({ key }) => typeof key === "number");
    const dates = isBare && named.some((date, i) => i > 0 && date <= named[i - 1]!) ? [] : named;
    add(path, location, Math.max(numbers.length, dates.length), dates);
    for (const { name, item } of items) if (isObject(item)) visit(item, `${path}${name}`, location, depth + 1);
  }

  function visitFunction(code: AnyFunction, path: string, depth: number): void {
    const tag = registry.tagOf(code);
    if (tag === undefined) return;
    const { site } = tag;
    const text = textOf.call(code);
    const dates = [...text.matchAll(WRITTEN)].flatMap(([written]) => instantOf(written) ?? []);
    add(path, site.location, dates.length, dates);
    let captured: readonly unknown[];
    try {
      captured = tag.captures();
    } catch {
      // It uses a variable that has no value yet: its identity says so.
      return;
    }
    for (const [index, one] of captured.entries())
      visit(one, `${path === "" ? "" : `${path} > `}${site.captures[index] ?? ""}`, site.location, depth + 1);
  }

  visit(root, "", undefined, 0);
  return found;
}

interface Item {
  readonly key: unknown;
  readonly name: string;
  readonly item: unknown;
}

/** What a collection holds. Accessors are not called: they are code. */
function itemsOf(value: object): readonly Item[] | undefined {
  if (types.isMap(value))
    return [...Map.prototype.entries.call(value)].map(([key, item]) => ({ key, name: `.get(${String(key)})`, item }));
  if (types.isSet(value))
    return [...Set.prototype.values.call(value)].map((key) => ({ key, name: "", item: undefined }));
  if (types.isTypedArray(value))
    return Array.from(value as Float64Array, (item) => ({ key: undefined, name: "", item: Number(item) }));
  const isArray = Array.isArray(value);
  return Object.entries(Object.getOwnPropertyDescriptors(value)).flatMap(([key, descriptor]): Item[] => {
    if (!("value" in descriptor) || descriptor.enumerable !== true) return [];
    const item: unknown = descriptor.value;
    // The text of a list is a date where its items are.
    return [{ key: isArray ? item : key, name: isArray ? `[${key}]` : `.${key}`, item }];
  });
}

function propertyOf({ object, property }: CapturedProperty): unknown {
  if (!isObject(object) || types.isProxy(object)) return undefined;
  const descriptor = Object.getOwnPropertyDescriptor(object, property);
  return descriptor !== undefined && "value" in descriptor ? descriptor.value : object;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** The instant of `{ date: … }` or `[date, …]`. */
function recordInstant(item: unknown): number | undefined {
  if (Array.isArray(item)) return instantOf(item[0]);
  if (!isRecord(item)) return undefined;
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(item))) {
    const instant = /date|time|day|stamp|^ts$|^t$/i.test(key) ? instantOf(descriptor.value) : undefined;
    if (instant !== undefined) return instant;
  }
  return undefined;
}

/** Dates and epochs as they are written in code. */
const WRITTEN = /\b(?:19|20)\d\d-\d\d-\d\d\b|\b(?:19|20)\d{6}\b|\b\d{12,13}\b|\b\d{9,10}\b/g;
const EARLIEST = Date.UTC(1970, 0, 2);
const LATEST = Date.UTC(2100, 0, 1);

/** A key that names an instant between 1970 and 2100: ISO 8601, `YYYYMMDD`, or an epoch in ms or s. */
function instantOf(key: unknown): number | undefined {
  if (typeof key !== "string" && typeof key !== "number") return undefined;
  const text = String(key);
  const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?$/.exec(text) ?? /^((?:19|20)\d\d)(\d\d)(\d\d)$/.exec(text);
  if (iso !== null) {
    const [, year, month, day] = iso.map(Number) as [number, number, number, number];
    const instant = Date.UTC(year, month - 1, day);
    return month >= 1 && month <= 12 && day >= 1 && day <= 31 ? instant : undefined;
  }
  if (!/^\d{9,13}$/.test(text)) return undefined;
  const instant = text.length >= 12 ? Number(text) : 1000 * Number(text);
  return instant >= EARLIEST && instant < LATEST ? instant : undefined;
}

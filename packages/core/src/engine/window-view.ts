import type { Cell, ColumnArray } from "../schema/cell.ts";
import { QmtlError } from "../schema/error.ts";
import type { Constant } from "../strategy/graph.ts";
import { describe } from "./compute-error.ts";

const NOTHING = new Float64Array(0);

/**
 * The last `length` bars of one column: one object, moved from bar to bar. A subclass says how a cell reads; a class per kind
 * keeps each call site at one shape. The cells are private, for they hold the bars to come as well.
 */
abstract class View<V extends Constant> {
  readonly #length: number;
  #cells: ColumnArray = NOTHING;
  /** Index of the newest bar. */
  #end = 0;

  constructor(length: number) {
    this.#length = length;
  }

  protected abstract read(stored: number): V;

  /** @internal The engine's, before each bar. */
  move(cells: ColumnArray, end: number): void {
    // Nearly always the same ones, and storing a reference costs more than looking.
    if (this.#cells !== cells) this.#cells = cells;
    this.#end = end;
  }

  get length(): number {
    return this.#length;
  }

  get newest(): V {
    return this.read(this.#cells[this.#end]!);
  }

  get oldest(): V {
    return this.read(this.#cells[this.#end - this.#length + 1]!);
  }

  at(offset: number): V {
    if (!(offset < 0 && offset >= -this.#length && Number.isInteger(offset))) refuseOffset(offset, this.#length);
    return this.read(this.#cells[this.#end + 1 + offset]!);
  }

  *[Symbol.iterator](): IterableIterator<V> {
    const end = this.#end;
    for (let index = end - this.#length + 1; index <= end; index++) yield this.read(this.#cells[index]!);
  }

  protected stored(): ColumnArray {
    return this.#cells.slice(this.#end - this.#length + 1, this.#end + 1);
  }
}

class NumberView extends View<number> {
  protected read(stored: number): number {
    return stored;
  }

  copy(): Float64Array {
    return new Float64Array(this.stored());
  }
}

class FlagView extends View<boolean> {
  protected read(stored: number): boolean {
    return stored === 1;
  }

  copy(): boolean[] {
    return [...this];
  }
}

class WordView extends View<string> {
  readonly #words: readonly string[];

  constructor(length: number, words: readonly string[]) {
    super(length);
    this.#words = words;
  }

  protected read(stored: number): string {
    return this.#words[stored]!;
  }

  copy(): string[] {
    return [...this];
  }
}

export type EngineWindow = NumberView | FlagView | WordView;

export function createWindow(cell: Cell, length: number): EngineWindow {
  if (cell.dtype === "bool") return new FlagView(length);
  return cell.dtype === "categorical" ? new WordView(length, cell.values) : new NumberView(length);
}

function refuseOffset(offset: unknown, length: number): never {
  throw new QmtlError({
    code: "engine.window-offset",
    message: `at(${describe(offset)}) is outside a window of ${length} bars`,
    next: `Count back from now: -1 is the bar that just closed, ${-length} the oldest.`,
    class: "rejected",
  });
}

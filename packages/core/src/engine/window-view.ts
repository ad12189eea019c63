import type { Cell, ColumnArray } from "../schema/cell.ts";
import { QmtlError } from "../schema/error.ts";

type Word = number | boolean | string;

/**
 * The last `length` bars of one column: one object, moved from bar to bar. Subclasses say how a cell reads; a class per kind keeps
 * each call site at one shape.
 */
abstract class View<V extends Word> {
  readonly length: number;
  /** The cells, and the index of the newest bar in them; set by the engine before each bar. */
  protected cells: ColumnArray = NOTHING;
  protected end = 0;

  constructor(length: number) {
    this.length = length;
  }

  protected abstract read(index: number): V;

  /** @internal */
  move(cells: ColumnArray, end: number): void {
    this.cells = cells;
    this.end = end;
  }

  get newest(): V {
    return this.read(this.end);
  }

  get oldest(): V {
    return this.read(this.end - this.length + 1);
  }

  at(offset: number): V {
    if (!(offset < 0 && offset >= -this.length && Number.isInteger(offset))) refuseOffset(offset, this.length);
    return this.read(this.end + 1 + offset);
  }

  *[Symbol.iterator](): IterableIterator<V> {
    for (let index = this.end - this.length + 1; index <= this.end; index++) yield this.read(index);
  }
}

const NOTHING = new Float64Array(0);

class NumberView extends View<number> {
  protected read(index: number): number {
    return this.cells[index] as number;
  }

  copy(): Float64Array {
    return Float64Array.from(this.cells.subarray(this.end - this.length + 1, this.end + 1));
  }
}

class FlagView extends View<boolean> {
  protected read(index: number): boolean {
    return this.cells[index] === 1;
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

  protected read(index: number): string {
    return this.#words[this.cells[index] as number] as string;
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
    message: `at(${String(offset)}) is outside a window of ${length} bars`,
    next: `Count back from now: -1 is the bar that just closed, ${-length} the oldest.`,
    class: "rejected",
  });
}

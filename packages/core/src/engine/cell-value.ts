import type { Cell } from "../schema/cell.ts";
import type { Constant } from "../strategy/graph.ts";
import type { ColumnBuffer } from "./column-buffer.ts";

/** What `compute` sees of a stored cell. */
export function decode(cell: Cell, stored: number): Constant {
  if (cell.dtype === "bool") return stored === 1;
  return cell.dtype === "categorical" ? cell.values[stored]! : stored;
}

/** Throws: the value does not fit the cell. */
export type Refuse = (name: string, cell: Cell, value: unknown) => never;

/** Stores one value of `compute` after checking that it fits. */
export function createWriter(
  name: string,
  cell: Cell,
  buffer: ColumnBuffer,
  refuse: Refuse,
): (index: number, value: unknown) => void {
  switch (cell.dtype) {
    case "f64":
      return (index, value) => {
        buffer.view[index] = typeof value === "number" ? value : refuse(name, cell, value);
      };
    case "i32":
      return (index, value) => {
        buffer.view[index] = typeof value === "number" && (value | 0) === value ? value : refuse(name, cell, value);
      };
    case "bool":
      return (index, value) => {
        buffer.view[index] = value === true ? 1 : value === false ? 0 : refuse(name, cell, value);
      };
    case "categorical":
      return (index, value) => {
        const code = cell.values.indexOf(value as string);
        buffer.view[index] = code >= 0 ? code : refuse(name, cell, value);
      };
  }
}

import type { Cell } from "@qmtl/core/static";
import { ts } from "../syntax/index.ts";
import type { WantedCell } from "./problem.ts";

/** What the types of our builders say, read back from them: they mark handles by keys that stand in types alone. */
export interface HandleTypes {
  column(type: ts.Type): ColumnType | undefined;
  panel(type: ts.Type): PanelType | undefined;
  /** Where a column of it may stand too, `targetWeights()` takes a record of columns: the column alone. */
  columnAmong(type: ts.Type): ColumnType | undefined;
  isLabel(type: ts.Type): boolean;
  isDecision(type: ts.Type): boolean;
  isDataset(type: ts.Type): boolean;
  /** The clock of whatever a node may read, and of a label. */
  interval(type: ts.Type): string | undefined;
  /** The same of the first type of a union that has one. */
  intervalAmong(type: ts.Type): string | undefined;
  /** Names of the columns, where the type is a panel, or what `compute` sees of one. */
  columnNames(type: ts.Type): readonly string[] | undefined;
  /** Names of the outputs, where the type is what a cross section writes into. */
  outNames(type: ts.Type): readonly string[] | undefined;
  cell(type: ts.Type): Cell | undefined;
  wanted(type: ts.Type): WantedCell | undefined;
  /** A property of ours may be missing from what TypeScript lists: `type[name]`. */
  member(type: ts.Type, name: string): ts.Type | undefined;
}

export interface ColumnType {
  readonly cell: ts.Type;
}

export interface PanelType {
  readonly columns: ReadonlyMap<string, ts.Type>;
}

/** Our own declaration of handles, in whatever form the package brings it. */
const OURS = /[\\/]strategy[\\/]column\.(d\.)?[mc]?ts$/;
const DTYPES: readonly string[] = ["f64", "i32", "bool", "categorical"];

export function handleTypes(checker: ts.TypeChecker): HandleTypes {
  const marked = (type: ts.Type, key: string): ts.Type | undefined => {
    const symbol = type
      .getProperties()
      .find(({ escapedName, declarations }) => isMark(String(escapedName), key) && declarations?.some(isOurs) === true);
    return symbol === undefined ? undefined : checker.getTypeOfSymbol(symbol);
  };
  const member = (type: ts.Type, name: string): ts.Type | undefined => {
    const symbol = checker.getPropertyOfType(type, name);
    return symbol === undefined ? undefined : checker.getTypeOfSymbol(symbol);
  };
  const column = (type: ts.Type): ColumnType | undefined => {
    const cell = marked(type, "cell");
    return cell === undefined ? undefined : { cell };
  };
  const panel = (type: ts.Type): PanelType | undefined => {
    const columns = marked(type, "columns");
    if (columns === undefined) return undefined;
    return { columns: new Map(columns.getProperties().map((each) => [each.name, checker.getTypeOfSymbol(each)])) };
  };
  const literal = (type: ts.Type | undefined): string | undefined =>
    type?.isStringLiteral() === true ? type.value : undefined;
  const parts = (type: ts.Type): readonly ts.Type[] => (type.isUnion() ? type.types : [type]);

  function cell(type: ts.Type): Cell | undefined {
    const dtype = literal(member(type, "dtype"));
    if (dtype === "bool") return { dtype };
    if (dtype === "f64" || dtype === "i32") {
      const unit = literal(member(type, "unit"));
      return unit === undefined ? undefined : { dtype, unit };
    }
    const words = dtype === "categorical" ? member(type, "values") : undefined;
    const word = words === undefined ? undefined : checker.getIndexTypeOfType(words, ts.IndexKind.Number);
    const values = word === undefined ? [] : parts(word).map(literal);
    return values.length > 0 && values.every((value) => value !== undefined)
      ? { dtype: "categorical", values }
      : undefined;
  }

  function interval(type: ts.Type): string | undefined {
    const clocked = marked(type, "causal") ?? marked(type, "delayed");
    return clocked === undefined ? undefined : literal(member(clocked, "interval"));
  }

  return {
    column,
    panel,
    interval,
    member,
    cell,
    columnAmong: (type) =>
      parts(type)
        .map(column)
        .find((each) => each !== undefined),
    isLabel: (type) => marked(type, "delayed") !== undefined,
    isDecision: (type) => parts(type).some((each) => marked(each, "decides") !== undefined),
    isDataset: (type) => type.symbol?.name === "Dataset" && type.symbol.declarations?.some(isOurs) === true,
    intervalAmong: (type) =>
      parts(type)
        .map(interval)
        .find((each) => each !== undefined),
    outNames(type) {
      const properties = type.getProperties();
      const isOut = (symbol: ts.Symbol): boolean => checker.getTypeOfSymbol(symbol).symbol?.name === "CrossOut";
      return properties.length > 0 && properties.every(isOut) ? properties.map(({ name }) => name) : undefined;
    },
    columnNames(type) {
      const columns = panel(type);
      if (columns !== undefined) return [...columns.columns.keys()];
      const { aliasSymbol } = type;
      const isRow = aliasSymbol?.name === "Row" || aliasSymbol?.name === "WindowRow";
      return isRow && aliasSymbol?.declarations?.some(isOurs) === true
        ? type.getProperties().map(({ name }) => name)
        : undefined;
    },
    wanted(type) {
      const each = parts(type);
      const dtypes = [...new Set(each.map((one) => literal(member(one, "dtype"))))];
      if (!dtypes.every((dtype): dtype is Cell["dtype"] => dtype !== undefined && DTYPES.includes(dtype)))
        return undefined;
      const units = new Set(each.map((one) => literal(member(one, "unit"))));
      const [unit] = units;
      return { dtypes, ...(units.size === 1 && unit !== undefined && { unit }) };
    },
  };
}

function isMark(escapedName: string, key: string): boolean {
  return escapedName.startsWith(`__@${key}@`);
}

function isOurs(declaration: ts.Declaration): boolean {
  return OURS.test(declaration.getSourceFile().fileName);
}

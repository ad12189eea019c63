import {
  bool,
  type Cell,
  type Columns,
  categorical,
  f64,
  fraction,
  INTERVALS,
  i32,
  ohlcv,
  percent,
  price,
  quantity,
  type Schema,
  schema,
  unit,
} from "@qmtl/core/schema";
import * as z from "@qmtl/core/zod";

const CELLS: Readonly<Record<string, Cell>> = { f64, i32, bool, price, quantity, fraction, percent };
const FOLDS = ["first", "last", "min", "max", "sum", "mean"] as const;

const cell = z.union([
  z.enum(["f64", "i32", "bool", "price", "quantity", "fraction", "percent"]),
  z.strictObject({ dtype: z.enum(["f64", "i32"]), unit: z.string().min(1) }),
  z.strictObject({ categorical: z.array(z.string()).min(1) }),
]);

const template = z.string().min(1);

const presetConfig = z.strictObject({
  /** File, or files in the order of time, from the folder of `qmtl.config.ts`. `{symbol}` stands for any symbol. */
  path: z.union([template, z.array(template).min(1)]),
  /**
   * CSV file of splits and dividends, with columns `date`, `split` and `dividend`; rows are then raw prices. Like `path`; a symbol without a file has
   * none. Dates are ex dates, days of `zone`.
   */
  actions: template.optional(),
  /** The one symbol of a path without `{symbol}`. */
  symbol: z.string().min(1).optional(),
  format: z.enum(["csv", "parquet"]),
  schema: z
    .union([
      z.literal("ohlcv"),
      z.strictObject({
        id: z.string(),
        columns: z.record(z.string(), cell),
        fold: z.record(z.string(), z.enum(FOLDS)).optional(),
      }),
    ])
    .default("ohlcv"),
  /** Column of the schema to its header in the file; unsaid ones are found by their name, in any case. */
  columns: z.record(z.string(), z.string()).default({}),
  stamp: z.enum(["start", "end", "session"]),
  /** In which times without an offset are written. */
  zone: z.string().default("UTC").refine(isZone, { error: "is not a time zone that this machine knows" }),
  time: z.strictObject({
    /** Header of the time; several are joined by a blank, such as a date and a time of day. */
    column: z.union([z.string(), z.array(z.string()).min(1)]),
    /** `iso`, `epoch-s`, `epoch-ms`, `timestamp` (Parquet's own type), or a pattern of YYYY MM M DD D HH H mm ss SSS. */
    format: z.string().default("iso"),
  }),
  delimiter: z
    .string()
    .length(1)
    .refine((mark) => !'"\r\n'.includes(mark), { error: "can't be a quote or an end of line" })
    .default(","),
  interval: z.enum(INTERVALS),
  /**
   * CSV only: rows are appended to the file while it is read. Its last line counts once the end of the line is written, and the preset can be followed.
   */
  grows: z.boolean().default(false),
  /** The calendar that the bars stand on: `24x7`, `observed`, `XNYS`… Worlds that name another are told so. */
  calendar: z.string().min(1),
});

export const filesConfig = z.strictObject({
  presets: z.record(
    z.string().regex(/^[a-z][a-z0-9-]*$/, "must be lower-case letters, digits and dashes"),
    presetConfig,
  ),
});

export type FilesConfig = z.infer<typeof filesConfig>;
export type FilesPreset = FilesConfig["presets"][string];

/** @throws `schema.invalid-id`, `schema.invalid-column`, `schema.invalid-fold` */
export function schemaOf(config: FilesPreset["schema"]): Schema<Columns> {
  if (config === "ohlcv") return ohlcv;
  const columns = Object.fromEntries(Object.entries(config.columns).map(([name, how]) => [name, cellOf(how)]));
  return schema(config.id, columns, config.fold ?? {});
}

function cellOf(how: z.infer<typeof cell>): Cell {
  if (typeof how === "string") return CELLS[how]!;
  if ("categorical" in how) return categorical(how.categorical);
  return how.dtype === "f64" ? unit(f64, how.unit) : unit(i32, how.unit);
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/**
 * `@qmtl/core/zod`: what the options of a plugin are described with. The part of zod that stands for plain data, without its other
 * languages: all plugins of a process share this copy, and it is read once. Any other Standard Schema does as well.
 *
 * @example
 * import { definePlugin } from "@qmtl/core/plugin";
 * import * as z from "@qmtl/core/zod";
 *
 * const config = z.strictObject({ periods: z.int().min(2).default(20) });
 *
 * @see https://zod.dev
 */
export type * from "zod";
export {
  array,
  boolean,
  discriminatedUnion,
  enum,
  int,
  iso,
  literal,
  looseObject,
  null,
  number,
  object,
  record,
  strictObject,
  string,
  templateLiteral,
  tuple,
  undefined,
  union,
  unknown,
} from "zod";

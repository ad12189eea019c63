/** The part of JSON Schema (2020-12) that configurations of plugins use. What is not known of it allows everything. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly description?: string;
}

export interface ConfigMistake {
  readonly path: readonly (string | number)[];
  /** `must be at least 2, not 1`. */
  readonly says: string;
  readonly unknownKey?: string;
  readonly known?: readonly string[];
}

/** What a value has against a schema; the first alternative of `anyOf` that fits is enough. */
export function configMistakes(
  schema: JsonSchema,
  value: unknown,
  path: readonly (string | number)[] = [],
): readonly ConfigMistake[] {
  const wrong = (says: string): readonly ConfigMistake[] => [{ path, says }];
  if (schema.anyOf !== undefined) {
    const tried = schema.anyOf.map((each) => configMistakes(each, value, path));
    if (!tried.some((each) => each.length === 0)) return wrong("fits none of the forms that it may have");
  }
  if (schema.const !== undefined && value !== schema.const) return wrong(`must be ${JSON.stringify(schema.const)}`);
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return wrong(`must be one of ${schema.enum.map(String).join(", ")}, not ${shown(value)}`);
  const types = schema.type === undefined ? [] : typeof schema.type === "string" ? [schema.type] : schema.type;
  if (types.length > 0 && !types.some((type) => isOf(type, value)))
    return wrong(`must be ${types.join(" or ")}, not ${shown(value)}`);
  if (typeof value === "number") return numberMistakes(schema, value, wrong);
  if (typeof value === "string") return textMistakes(schema, value, wrong);
  if (Array.isArray(value))
    return schema.items === undefined
      ? []
      : value.flatMap((item, i) => configMistakes(schema.items as JsonSchema, item, [...path, i]));
  return isRecord(value) ? recordMistakes(schema, value, path) : [];
}

function numberMistakes(schema: JsonSchema, value: number, wrong: (says: string) => readonly ConfigMistake[]) {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (minimum !== undefined && value < minimum) return wrong(`must be at least ${minimum}, not ${value}`);
  if (maximum !== undefined && value > maximum) return wrong(`must be at most ${maximum}, not ${value}`);
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum)
    return wrong(`must be more than ${exclusiveMinimum}, not ${value}`);
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum)
    return wrong(`must be less than ${exclusiveMaximum}, not ${value}`);
  return [];
}

function textMistakes(schema: JsonSchema, value: string, wrong: (says: string) => readonly ConfigMistake[]) {
  if (schema.minLength !== undefined && value.length < schema.minLength) return wrong("must not be empty");
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(value))
    return wrong(`does not look like ${schema.pattern}`);
  return [];
}

function recordMistakes(
  { properties = {}, required = [], additionalProperties }: JsonSchema,
  value: Readonly<Record<string, unknown>>,
  path: readonly (string | number)[],
): readonly ConfigMistake[] {
  const mistakes: ConfigMistake[] = [];
  // What has a default is filled in.
  for (const name of required)
    if (value[name] === undefined && properties[name]?.default === undefined)
      mistakes.push({ path, says: `lacks ${name}` });
  for (const [name, item] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known !== undefined) mistakes.push(...configMistakes(known, item, [...path, name]));
    else if (additionalProperties === false)
      mistakes.push({
        path: [...path, name],
        says: "is not known here",
        unknownKey: name,
        known: Object.keys(properties),
      });
    else if (typeof additionalProperties === "object")
      mistakes.push(...configMistakes(additionalProperties, item, [...path, name]));
  }
  return mistakes;
}

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case "integer":
      return Number.isInteger(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return isRecord(value);
    case "null":
      return value === null;
    default:
      return typeof value === type;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

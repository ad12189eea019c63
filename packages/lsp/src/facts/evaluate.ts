import { ts } from "../syntax/index.ts";
import { callBuilder } from "./builder.ts";
import type { Constancy } from "./constancy.ts";
import type { MathFunction, Operator } from "./facts.ts";
import { applyOperator } from "./fold.ts";
import type { Binding, Linked } from "./link.ts";
import type { Reader } from "./reader.ts";
import { schemaExport } from "./schema-export.ts";
import { unwrap } from "./source.ts";
import { entriesOf, literalValue, seenFrom, unknownValue, type Value, valueOfData } from "./value.ts";

const DEEPEST = 400;

const MATH_FUNCTIONS: readonly string[] = [
  "max",
  "min",
  "round",
  "floor",
  "ceil",
  "trunc",
  "abs",
  "sign",
] satisfies MathFunction[];
const MATH_CONSTANTS: readonly string[] = ["PI", "E", "SQRT2", "SQRT1_2", "LN2", "LN10", "LOG2E", "LOG10E"];

export interface EvaluationContext {
  readonly linked: Linked;
  readonly constancy: Constancy;
  readonly reader: Reader;
  /** What the parameters of the function that is read are known to be. */
  readonly parameters: ReadonlyMap<ts.ParameterDeclaration, Value>;
}

/** Gives expressions their values, each once. */
export interface Evaluation {
  evaluate(expression: ts.Expression): Value;
  /** What a binding means at the place `from`. */
  meaningOf(binding: Binding, from: ts.Node): Value;
}

export function createEvaluation({ linked, constancy, reader, parameters }: EvaluationContext): Evaluation {
  const known = new Map<ts.Expression, Value | "open">();
  let depth = 0;
  return { evaluate, meaningOf };

  function evaluate(expression: ts.Expression): Value {
    const inner = unwrap(expression);
    const before = known.get(inner);
    if (before === "open") return unknownValue(inner, "cycle", "This value is made from itself");
    if (before !== undefined) return before;
    if (depth >= DEEPEST) return unknownValue(inner, "syntax", "This is nested too deeply to be read");
    known.set(inner, "open");
    depth++;
    const value = read(inner);
    depth--;
    known.set(inner, value);
    return value;
  }

  function read(node: ts.Expression): Value {
    if (ts.isNumericLiteral(node)) return literalValue(node, Number(node.text));
    if (ts.isStringLiteralLike(node)) return literalValue(node, node.text);
    if (node.kind === ts.SyntaxKind.TrueKeyword) return literalValue(node, true);
    if (node.kind === ts.SyntaxKind.FalseKeyword) return literalValue(node, false);
    if (node.kind === ts.SyntaxKind.NullKeyword) return literalValue(node, null);
    if (ts.isIdentifier(node)) return meaningOf(linked.bindingOf(node), node);
    if (ts.isPropertyAccessExpression(node)) return readProperty(evaluate(node.expression), node.name.text, node);
    if (ts.isElementAccessExpression(node)) return readElement(node);
    if (ts.isCallExpression(node)) return readCall(node);
    if (ts.isObjectLiteralExpression(node)) return readObject(node);
    if (ts.isArrayLiteralExpression(node)) return readArray(node);
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return { kind: "function", node, from: node };
    if (ts.isPrefixUnaryExpression(node)) return readPrefix(node);
    if (ts.isBinaryExpression(node)) return readBinary(node);
    if (ts.isTemplateExpression(node)) return readTemplate(node);
    if (ts.isConditionalExpression(node))
      return unknownValue(node, "conditional", "Which of two values this is depends on a condition");
    return unknownValue(node, "syntax", "This expression is outside the readable subset");
  }

  function meaningOf(binding: Binding, from: ts.Node): Value {
    switch (binding.kind) {
      case "declaration":
        return seen(readDeclaration(binding.node), from);
      case "package":
        return binding.specifier === "@qmtl/core/schema" && binding.name !== "*"
          ? schemaExport(binding.name, from)
          : { kind: "package", specifier: binding.specifier, name: binding.name, from };
      case "module":
        return { kind: "module", path: binding.source.path, from };
      case "json":
        return readJson(binding, from);
      case "global":
        return readGlobal(binding.name, from);
      case "unknown":
        return { kind: "unknown", cause: binding.cause, from };
    }
  }

  function readDeclaration(node: Extract<Binding, { kind: "declaration" }>["node"]): Value {
    if (ts.isExportAssignment(node)) return untouched(evaluate(node.expression), node);
    if (ts.isFunctionDeclaration(node)) {
      if (node.body === undefined) return unknownValue(node, "syntax", "A function without a body");
      return constancy.isAssignedOnce(node)
        ? { kind: "function", node, from: node }
        : unknownValue(node, "reassigned", "This function is assigned again");
    }
    if (ts.isVariableDeclaration(node)) {
      if (node.initializer === undefined) return notConstant(node);
      return isSettled(node) ?? untouched(evaluate(node.initializer), node);
    }
    if (ts.isParameter(node)) {
      const value = parameters.get(node);
      if (value === undefined) return notConstant(node);
      return readParameter(node, value);
    }
    if (ts.isBindingElement(node)) return readBindingElement(node);
    return unknownValue(node, "syntax", "This declaration is outside the readable subset");
  }

  /** What the graph is called with: its params are frozen, the object around them is not. */
  function readParameter(node: ts.ParameterDeclaration, value: Value): Value {
    if (!constancy.isAssignedOnce(node)) return reassigned(node);
    return constancy.isUntouchedAtTop(node)
      ? value
      : unknownValue(node, "mutated", "Something may change this before it is read");
  }

  function isSettled(node: ts.VariableDeclaration): Value | undefined {
    const list = node.parent;
    if (!ts.isVariableDeclarationList(list) || !ts.isVariableStatement(list.parent))
      return unknownValue(node, "loop", "A loop gives this variable its values");
    if ((list.flags & ts.NodeFlags.Const) !== 0) return undefined;
    if ((list.flags & ts.NodeFlags.Let) !== 0 && isBoundOnce(node.name)) return undefined;
    return reassigned(node);
  }

  function isBoundOnce(name: ts.BindingName): boolean {
    if (ts.isIdentifier(name)) return constancy.isAssignedOnce(name.parent);
    return name.elements.every((element) => !ts.isBindingElement(element) || isBoundOnce(element.name));
  }

  function readBindingElement(node: ts.BindingElement): Value {
    if (!constancy.isAssignedOnce(node)) return reassigned(node);
    const pattern = node.parent;
    const owner = pattern.parent;
    const whole = ts.isBindingElement(owner) ? readBindingElement(owner) : readPatternRoot(owner);
    if (whole.kind === "unknown") return whole;
    const part = partOf(whole, node);
    const value =
      part.kind === "literal" && part.value === undefined && node.initializer !== undefined
        ? evaluate(node.initializer)
        : part;
    return untouched(value, node);
  }

  function readPatternRoot(owner: ts.VariableDeclaration | ts.ParameterDeclaration): Value {
    if (ts.isParameter(owner)) return parameters.get(owner) ?? notConstant(owner);
    if (owner.initializer === undefined) return notConstant(owner);
    return isSettled(owner) ?? evaluate(owner.initializer);
  }

  function partOf(whole: Value, node: ts.BindingElement): Value {
    if (ts.isArrayBindingPattern(node.parent)) {
      const index = node.parent.elements.indexOf(node);
      if (node.dotDotDotToken !== undefined)
        return unknownValue(node, "spread", "The rest of an array is not followed");
      return whole.kind === "array" ? (whole.items[index] ?? literalValue(node, undefined)) : dynamic(node);
    }
    if (node.dotDotDotToken !== undefined) return unknownValue(node, "spread", "The rest of an object is not followed");
    const { propertyName, name } = node;
    const key = keyOf(propertyName ?? (name as ts.Identifier));
    return typeof key === "string" ? readProperty(whole, key, node) : key;
  }

  /** A value that a declaration holds: still the one that was written, unless something may write into it. */
  function untouched(value: Value, declaration: ts.Node): Value {
    if ((value.kind !== "object" && value.kind !== "array") || value.frozen || constancy.isUntouched(declaration))
      return value;
    return unknownValue(declaration, "mutated", "Something may change this after it was written");
  }

  function readGlobal(name: string, from: ts.Node): Value {
    if (name === "undefined") return literalValue(from, undefined);
    if (name === "NaN") return literalValue(from, Number.NaN);
    if (name === "Infinity") return literalValue(from, Number.POSITIVE_INFINITY);
    return { kind: "global", name, from };
  }

  function readJson(binding: Extract<Binding, { kind: "json" }>, from: ts.Node): Value {
    try {
      if (!constancy.isUntouched(binding.path))
        return unknownValue(from, "mutated", `Something may change what ${binding.path} holds`);
      const whole = valueOfData(JSON.parse(binding.text), from, true);
      return binding.name === "default" ? whole : readProperty(whole, binding.name, from);
    } catch {
      return unknownValue(from, "syntax", `${binding.path} is not JSON`);
    }
  }

  function readProperty(of: Value, name: string, from: ts.Node): Value {
    switch (of.kind) {
      case "unknown":
        return of;
      case "object":
        return seen(
          of.entries[name] ?? of.open ?? unknownValue(from, "no-such-property", `There is no property "${name}" here`),
          from,
        );
      case "array":
        return name === "length"
          ? literalValue(from, of.items.length)
          : unknownValue(from, "loop", `What .${name}() makes of an array is not followed`);
      case "panel":
        return readColumn(of.node, name, from);
      case "window":
        return name === "bars" ? seen(of.bars, from) : dynamic(from);
      case "package":
        if (of.name !== "*") return { ...of, name: `${of.name}.${name}`, from };
        return meaningOf({ kind: "package", specifier: of.specifier, name }, from);
      case "module": {
        const source = linked.sources.find(({ path }) => path === of.path);
        return source === undefined ? dynamic(from) : meaningOf(linked.exportOf(source, name), from);
      }
      case "global":
        if (of.name === "Math" && MATH_CONSTANTS.includes(name)) return literalValue(from, Math[name as "PI"]);
        return { kind: "global", name: `${of.name}.${name}`, from };
      default:
        return unknownValue(from, "dynamic-access", `What .${name} is here can't be told without running it`);
    }
  }

  function readColumn(index: number, column: string, from: ts.Node): Value {
    const { output } = reader.node(index);
    if (output.kind === "output" && !output.columns.some(({ name }) => name === column)) {
      const among = output.columns.map(({ name }) => name);
      return unknownValue(from, "no-such-column", `There is no column "${column}"; there are ${among.join(", ")}`, {
        wanted: column,
        among,
      });
    }
    return { kind: "column", node: index, column, from };
  }

  function readElement(node: ts.ElementAccessExpression): Value {
    const of = evaluate(node.expression);
    if (of.kind === "unknown" && of.cause.code !== "mutated") return of;
    const index = evaluate(node.argumentExpression);
    // Nothing is known of what such a choice hands out, so the choice is the reason.
    if (index.kind !== "literal" || (typeof index.value !== "string" && typeof index.value !== "number"))
      return unknownValue(node, "dynamic-access", "Which element this is can't be told without running it");
    if (of.kind === "unknown") return of;
    if (of.kind === "array" && typeof index.value === "number") {
      const item = of.items[index.value];
      return item === undefined ? unknownValue(node, "no-such-property", "There is no such element") : seen(item, node);
    }
    return readProperty(of, String(index.value), node);
  }

  function readCall(call: ts.CallExpression): Value {
    const callee = evaluate(call.expression);
    if (call.arguments.some(ts.isSpreadElement))
      return unknownValue(call, "spread", "The arguments of this call are spread");
    switch (callee.kind) {
      case "package":
        return callBuilder(reader, callee, call);
      case "global":
        return readGlobalCall(callee.name, call);
      case "function":
        return unknownValue(
          call,
          "helper-call",
          `What ${call.expression.getText()}() returns is not followed: only the library's builders are`,
        );
      case "unknown":
        return callee;
      default:
        return unknownValue(call, "helper-call", "What this call returns is not followed");
    }
  }

  function readGlobalCall(name: string, call: ts.CallExpression): Value {
    const [first] = call.arguments;
    if (name === "Object.freeze" && first !== undefined) return evaluate(first);
    const [owner, method = ""] = name.split(".");
    if (owner === "Math" && MATH_FUNCTIONS.includes(method))
      return operation(method as MathFunction, call.arguments.map(evaluate), call);
    return unknownValue(call, "helper-call", `What ${name}() returns is not followed`);
  }

  function operation(operator: Operator, of: readonly Value[], from: ts.Node): Value {
    const stray = of.find((each) => each.kind !== "literal" && each.kind !== "param" && each.kind !== "operation");
    if (stray !== undefined) return stray.kind === "unknown" ? stray : dynamic(from);
    const constants: (number | string | boolean)[] = [];
    for (const each of of) {
      if (each.kind !== "literal") return { kind: "operation", operator, of, from };
      if (each.value === null || each.value === undefined) return dynamic(from);
      constants.push(each.value);
    }
    const folded = applyOperator(operator, constants);
    return folded === undefined ? dynamic(from) : literalValue(from, folded);
  }

  function readPrefix(node: ts.PrefixUnaryExpression): Value {
    const operand = evaluate(node.operand);
    if (operand.kind === "unknown") return operand;
    if (operand.kind === "literal" && typeof operand.value === "number") {
      if (node.operator === ts.SyntaxKind.MinusToken) return literalValue(node, -operand.value);
      if (node.operator === ts.SyntaxKind.PlusToken) return literalValue(node, operand.value);
    }
    if (node.operator === ts.SyntaxKind.MinusToken) return operation("negate", [operand], node);
    return unknownValue(node, "syntax", "This operator is outside the readable subset");
  }

  function readBinary(node: ts.BinaryExpression): Value {
    switch (node.operatorToken.kind) {
      case ts.SyntaxKind.PlusToken:
        return operation("+", [evaluate(node.left), evaluate(node.right)], node);
      case ts.SyntaxKind.MinusToken:
        return operation("-", [evaluate(node.left), evaluate(node.right)], node);
      case ts.SyntaxKind.AsteriskToken:
        return operation("*", [evaluate(node.left), evaluate(node.right)], node);
      case ts.SyntaxKind.SlashToken:
        return operation("/", [evaluate(node.left), evaluate(node.right)], node);
      case ts.SyntaxKind.PercentToken:
        return operation("%", [evaluate(node.left), evaluate(node.right)], node);
      case ts.SyntaxKind.AsteriskAsteriskToken:
        return operation("**", [evaluate(node.left), evaluate(node.right)], node);
      case ts.SyntaxKind.AmpersandAmpersandToken:
      case ts.SyntaxKind.BarBarToken:
      case ts.SyntaxKind.QuestionQuestionToken:
        return unknownValue(node, "conditional", "Which of two values this is depends on a condition");
      default:
        return unknownValue(node, "syntax", "This operator is outside the readable subset");
    }
  }

  function readTemplate(node: ts.TemplateExpression): Value {
    const parts: Value[] = [literalValue(node.head, node.head.text)];
    for (const span of node.templateSpans)
      parts.push(evaluate(span.expression), literalValue(span.literal, span.literal.text));
    return operation("concat", parts, node);
  }

  function readArray(node: ts.ArrayLiteralExpression): Value {
    const items: Value[] = [];
    for (const element of node.elements) {
      if (ts.isSpreadElement(element)) {
        const spread = evaluate(element.expression);
        if (spread.kind !== "array")
          return spread.kind === "unknown"
            ? spread
            : unknownValue(element, "spread", "What is spread here is not known");
        items.push(...spread.items);
      } else if (ts.isOmittedExpression(element)) return unknownValue(element, "syntax", "An array with holes");
      else items.push(evaluate(element));
    }
    return { kind: "array", items, frozen: false, from: node };
  }

  function readObject(node: ts.ObjectLiteralExpression): Value {
    if (node.properties.some((property) => ts.isAccessor(property)))
      return unknownValue(node, "syntax", "An object with accessors runs code when it is read");
    if (node.properties.some(isConverter))
      return unknownValue(node, "syntax", "An object with its own conversion runs code when it is used");
    let entries = entriesOf();
    let open: Extract<Value, { kind: "unknown" }> | undefined;
    const obscure = (by: Extract<Value, { kind: "unknown" }>): void => {
      entries = entriesOf();
      open = by;
    };
    for (const property of node.properties) {
      if (ts.isSpreadAssignment(property)) {
        const spread = evaluate(property.expression);
        if (spread.kind === "object" && spread.open === undefined) Object.assign(entries, spread.entries);
        else
          obscure(
            spread.kind === "unknown" ? spread : unknownValue(property, "spread", "What is spread here is not known"),
          );
        continue;
      }
      if (property.name === undefined || ts.isAccessor(property)) continue;
      const key = keyOf(property.name);
      if (typeof key !== "string") obscure(key);
      else if (ts.isPropertyAssignment(property)) entries[key] = evaluate(property.initializer);
      else if (ts.isShorthandPropertyAssignment(property))
        entries[key] = meaningOf(linked.bindingOf(property.name), property.name);
      else entries[key] = { kind: "function", node: property, from: property };
    }
    return { kind: "object", entries, open, frozen: false, from: node };
  }

  function keyOf(name: ts.PropertyName): string | Extract<Value, { kind: "unknown" }> {
    if (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) {
      const isPrototype = name.text === "__proto__";
      return isPrototype ? unknownValue(name, "syntax", "__proto__ is no ordinary property") : name.text;
    }
    if (ts.isNumericLiteral(name)) return String(Number(name.text));
    if (!ts.isComputedPropertyName(name))
      return unknownValue(name, "syntax", "This property name is outside the readable subset");
    const key = evaluate(name.expression);
    if (key.kind === "literal" && (typeof key.value === "string" || typeof key.value === "number")) {
      const text = String(key.value);
      if (text !== "__proto__") return text;
    }
    return unknownValue(name, "computed-name", "This name can't be told without running it");
  }

  function seen(value: Value, from: ts.Node): Value {
    return value.kind === "unknown" ? value : seenFrom(value, from);
  }
}

/** True for a member that operators call by themselves. */
function isConverter({ name }: ts.ObjectLiteralElementLike): boolean {
  if (name === undefined) return false;
  if (ts.isComputedPropertyName(name)) return ts.isMethodDeclaration(name.parent);
  return !ts.isPrivateIdentifier(name) && ["valueOf", "toString", "toJSON"].includes(name.text);
}

function notConstant(node: ts.Node): Value {
  return unknownValue(node, "not-constant", "What this name holds is only known when the code runs");
}

function reassigned(node: ts.Node): Value {
  return unknownValue(node, "reassigned", "This name may be assigned again");
}

function dynamic(node: ts.Node): Value {
  return unknownValue(node, "dynamic-access", "What this is can't be told without running it");
}

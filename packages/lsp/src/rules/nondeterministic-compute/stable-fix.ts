import { type ModuleReading, placeOf, unwrap } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { type CodeIssue, identifierAt } from "../code-issues.ts";
import { type ComputeBody, isInside } from "../compute-body.ts";
import { importEdits } from "../edits.ts";
import type { Fix, TextEdit } from "../finding.ts";
import { clockText, inputEdits } from "../input-edits.ts";
import { paramEdits, strategySpec } from "../strategy-spec.ts";

/** What gives the same on every machine, for the forms that have a counterpart. */
export function stableFix(
  reading: ModuleReading,
  bodies: readonly ComputeBody[],
  { place, subject }: CodeIssue,
): readonly Fix[] {
  const name = identifierAt(reading, place);
  if (name === undefined) return [];
  const body = bodies.find(({ node }) => isInside(name, node));
  if (subject.startsWith(".toLocale")) return withoutLocale(name);
  if (body === undefined) return [];
  if (subject === "Math.random") return drawFix(reading, body, name);
  return subject.split(/[.[]/)[0] === "process" ? settingFix(reading, body, name) : [];
}

/** `toLocaleUpperCase()` without its locale. */
function withoutLocale(method: ts.Identifier): readonly Fix[] {
  const call = method.parent.parent;
  if (!ts.isCallExpression(call) || call.expression !== method.parent) return [];
  const plain = method.text.replace("Locale", "");
  if (!["toString", "toUpperCase", "toLowerCase"].includes(plain)) return [];
  const place = placeOf(method);
  const edit: TextEdit = { place: { ...place, end: placeOf(call).end }, text: `${plain}()` };
  return [{ title: `Use ${plain}(), which knows no locale`, edits: [edit], isSafe: false }];
}

/** One draw per bar; what draws as often as a loop turns has no counterpart. */
function drawFix(reading: ModuleReading, body: ComputeBody, root: ts.Identifier): readonly Fix[] {
  const draw = root.parent.parent;
  const of = clockText(reading, body);
  if (!ts.isCallExpression(draw) || draw.expression !== root.parent || !runsOnce(draw, body.node)) return [];
  if (of === undefined) return [];
  const seed = freeSeed(reading, body);
  const given = inputEdits(reading, body, { name: "chance", value: `rng(${of}, ${seed})`, isGiven: () => false });
  if (given === undefined) return [];
  return [
    {
      title: `Draw by rng() with the seed ${seed}: the same in every replay`,
      edits: [
        { place: placeOf(draw), text: given.reads },
        ...given.edits,
        ...importEdits(reading, placeOf(draw).file, "@qmtl/core/strategy", "rng"),
      ],
      isSafe: false,
    },
  ];
}

/** The smallest seed that no other draw of the strategy has: equal seeds draw alike. */
function freeSeed({ facts }: ModuleReading, { strategy }: ComputeBody): number {
  const taken = new Set(
    facts.strategies[strategy]?.nodes.flatMap((fact) =>
      fact.kind === "rng" && fact.seed.kind === "literal" ? [fact.seed.value] : [],
    ),
  );
  let seed = 1;
  while (taken.has(seed)) seed++;
  return seed;
}

function runsOnce(node: ts.Node, code: ts.Node): boolean {
  for (let at = node.parent; at !== code; at = at.parent)
    if (ts.isFunctionLike(at) || ts.isIterationStatement(at, false)) return false;
  return true;
}

/** `Number(process.env.SIZE ?? 3)` and `process.env["SIDE"] ?? "long"` say what they are without the environment. */
function settingFix(reading: ModuleReading, body: ComputeBody, root: ts.Identifier): readonly Fix[] {
  const environment = root.parent;
  if (!ts.isPropertyAccessExpression(environment) || environment.name.text !== "env") return [];
  const access = environment.parent;
  const variable = ts.isPropertyAccessExpression(access)
    ? access.name.text
    : ts.isElementAccessExpression(access) && ts.isStringLiteralLike(access.argumentExpression)
      ? access.argumentExpression.text
      : undefined;
  const either = access.parent;
  if (variable === undefined || !ts.isBinaryExpression(either) || either.left !== access) return [];
  const { kind } = either.operatorToken;
  if (kind !== ts.SyntaxKind.QuestionQuestionToken && kind !== ts.SyntaxKind.BarBarToken) return [];
  const setting = declaredAs(either);
  const spec = strategySpec(reading, body.strategy);
  const name = variable.toLowerCase().replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
  if (setting === undefined || spec === undefined || !isInside(body.node, spec) || !/^[a-z]\w*$/i.test(name)) return [];
  const declared = paramEdits(spec, name, setting.text);
  if (declared === undefined) return [];
  const given = inputEdits(reading, body, { name, value: declared.reads, isGiven: () => false });
  if (given === undefined) return [];
  return [
    {
      title: `Make it the param ${name} (${setting.says})`,
      edits: [
        { place: placeOf(setting.whole), text: given.reads },
        ...given.edits,
        ...declared.edits,
        ...importEdits(reading, placeOf(root).file, "@qmtl/core/strategy", "param"),
      ],
      isSafe: false,
    },
  ];
}

/** The param that a setting with its default can be, with a range for the author to widen. */
function declaredAs(
  either: ts.BinaryExpression,
): { readonly whole: ts.Node; readonly text: string; readonly says: string } | undefined {
  const fallback = unwrap(either.right);
  let whole: ts.Node = either;
  while (ts.isParenthesizedExpression(whole.parent)) whole = whole.parent;
  const around = whole.parent;
  const isNumber =
    (ts.isPrefixUnaryExpression(around) && around.operator === ts.SyntaxKind.PlusToken) ||
    (ts.isCallExpression(around) &&
      around.arguments[0] === whole &&
      /^(Number|parseFloat|parseInt|Number\.parse(Float|Int))$/.test(around.expression.getText()));
  const isText = ts.isStringLiteralLike(fallback);
  if (!isText && !ts.isNumericLiteral(fallback)) return undefined;
  if (!isNumber) {
    if (!isText) return undefined;
    const word = JSON.stringify(fallback.text);
    return { whole: either, text: `param.choice(${word}, [${word}])`, says: "add what else it may be" };
  }
  const value = Number(fallback.text);
  if (!Number.isFinite(value) || fallback.text.trim() === "") return undefined;
  const kind = Number.isInteger(value) ? "int" : "float";
  const [low, high] = value === 0 ? [0, 1] : [0, 2 * value];
  return {
    whole: around,
    text: `param.${kind}(${value}, { min: ${low}, max: ${high} })`,
    says: `${low} to ${high}; widen as you like`,
  };
}

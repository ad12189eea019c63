import { placeOf, type ReadFact } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { entryPlace, importEdits } from "../edits.ts";
import type { Fix } from "../finding.ts";
import { entryEdit } from "../input-edits.ts";
import type { StrategyContext } from "../rule.ts";

type LabelRead = Extract<ReadFact, { kind: "label" }>;

/** A feature becomes a label. Elsewhere the return that is to come gives way to the one that has come. */
export function causalFix(context: StrategyContext, read: LabelRead, isFeature: boolean): readonly Fix[] {
  const syntax = context.reading().syntaxAt(read.at);
  const moved = isFeature ? moveToLabels(context, syntax) : [];
  return moved.length > 0 ? moved : pastReturn(context, read, syntax);
}

function moveToLabels({ strategy, reading }: StrategyContext, syntax: ts.Node): readonly Fix[] {
  const { result } = strategy;
  if (result.kind !== "dataset" || result.features.kind !== "reads" || result.labels.kind !== "reads") return [];
  const features = reading().syntaxAt(result.features.at);
  const labels = reading().syntaxAt(result.labels.at);
  if (!ts.isObjectLiteralExpression(features) || !ts.isObjectLiteralExpression(labels)) return [];
  const entry = features.properties.find((each) => each === syntax.parent);
  const name = entry?.name?.getText();
  // A dataset has features; where this is the only one, it takes another thought.
  if (entry === undefined || name === undefined || features.properties.length === 1) return [];
  if (labels.properties.some((each) => each.name?.getText() === name)) return [];
  return [
    {
      title: `Move ${name} to the labels`,
      edits: [
        { place: entryPlace(entry, features.properties), text: "" },
        entryEdit(labels, labels.properties, entry.getText()),
      ],
      isSafe: false,
    },
  ];
}

/** `forwardReturn(close, 5)` read at its bar gives way to `returns(close, 5)`: the last five bars, which are known. */
function pastReturn({ strategy, reading }: StrategyContext, read: LabelRead, syntax: ts.Node): readonly Fix[] {
  const label = strategy.nodes[read.node];
  const call = label?.kind === "label" && label.label === "forward-return" ? reading().syntaxAt(label.at) : undefined;
  if (call === undefined || !ts.isCallExpression(call)) return [];
  const [of, bars] = call.arguments;
  // What the label is made of has to be in sight here too.
  if (of === undefined || bars === undefined || scopeOf(call) !== scopeOf(syntax)) return [];
  const text = `returns(${of.getText()}, ${bars.getText()})`;
  const isShorthand = ts.isShorthandPropertyAssignment(syntax.parent);
  const { file } = placeOf(syntax);
  return [
    {
      title: `Read the return of the last ${bars.getText()} bars instead: it is known`,
      edits: [
        { place: placeOf(syntax), text: isShorthand ? `${syntax.getText()}: ${text}` : text },
        ...importEdits(reading(), file, "@qmtl/core/indicators", "returns"),
      ],
      isSafe: false,
    },
  ];
}

/** The function, or the file, that a piece of syntax stands in. */
function scopeOf(node: ts.Node): ts.Node {
  let at = node;
  while (at.parent !== undefined && !ts.isFunctionLike(at) && !ts.isBlock(at)) at = at.parent;
  return at;
}

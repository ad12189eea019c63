import {
  type IndicatorArgument,
  type IndicatorSignature,
  indicatorSignatures,
  type RunManifest,
} from "@qmtl/core/static";
import {
  isUnknown,
  type NodeFact,
  type ParamFact,
  type Place,
  type PluginFact,
  type Position,
  type ReadFact,
} from "../facts/index.ts";
import { contextOf, labelOf, type Subject } from "./subject.ts";
import { markAt, staticNodeOf, type View } from "./view.ts";
import { warmUpsOf } from "./warm-up.ts";
import { barsText, cellFactText, cellText, intervalText, termText } from "./wording.ts";

export interface Hover {
  readonly place: Place;
  readonly markdown: string;
}

/** What else is known of a node than its file tells. */
export interface HoverSources {
  /** The worlds and presets that a stream can be bound to, each in words; undefined where no world is known. */
  worldsOf?(stream: Extract<NodeFact, { kind: "stream" }>): readonly string[] | undefined;
  /** What the last run of the file wrote down; undefined where its text is another now. */
  lastRun?(): RunManifest | undefined;
}

export function hoverAt(view: View, position: Position, sources: HoverSources = {}): Hover | undefined {
  const mark = markAt(view, position);
  if (mark === undefined) return undefined;
  const lines = describe(view, mark.subject, sources);
  return lines.length === 0 ? undefined : { place: mark.place, markdown: lines.join("\n\n") };
}

function describe(view: View, subject: Subject, sources: HoverSources): readonly string[] {
  switch (subject.kind) {
    case "node":
      return describeNode(view, subject, sources);
    case "column": {
      const fact = factOf(view, subject);
      const column = fact.output.kind === "output" && fact.output.columns.find(({ name }) => name === subject.column);
      const holds = column ? cellFactText(column.cell) : "unknown";
      return [
        `**${subject.column}** of **${labelOf(fact)}**: ${holds}`,
        clockLine(fact),
        ...warmUpLines(view, subject),
      ];
    }
    case "input":
      return describeInput(view, subject);
    case "param":
      return describeParam(view, subject);
    case "builder":
      return describeBuilder(view, subject);
    case "tag":
      return [`**${subject.tag}**: a tag of symbols; the world says which carry it`];
    case "symbol":
      return [`**${subject.symbol}**: a symbol of the world's universe`];
    default:
      return [];
  }
}

function factOf(view: View, { strategy, node }: Extract<Subject, { node: number }>): NodeFact {
  return contextOf(view.reading, strategy, view.reading.outside).node(node);
}

function describeNode(view: View, subject: Extract<Subject, { kind: "node" }>, sources: HoverSources): string[] {
  const fact = factOf(view, subject);
  const lines = [`**${labelOf(fact)}**: ${KIND_WORDS[fact.kind]}`, clockLine(fact)];
  if (fact.kind === "plugin") lines.push(`${fact.description} (${fact.module}). ${axesLine(fact)}`);
  if (fact.output.kind === "output")
    lines.push(
      ["| column | holds |", "| --- | --- |"]
        .concat(fact.output.columns.map(({ name, cell }) => `| \`${name}\` | ${cellFactText(cell)} |`))
        .join("\n"),
    );
  else lines.push(`Its columns can't be told: ${fact.output.cause.message}.`);
  lines.push(...warmUpLines(view, subject), ...domainLines(fact));
  if (fact.kind === "stream") {
    const worlds = sources.worldsOf?.(fact);
    if (worlds !== undefined)
      lines.push(worlds.length === 0 ? "No world here has a preset that fits." : `Fits ${worlds.join(", ")}.`);
  }
  const strategy = view.reading.facts.strategies[subject.strategy];
  lines.push(...runLines(view, subject, sources));
  if (strategy !== undefined && staticNodeOf(view, subject) === undefined && fact.index < strategy.nodes.length)
    lines.push("It does not reach the decision, so it does not run.");
  return lines;
}

/** The graph that runs has the nodes of the static one, in its order, or nothing is said. */
function runLines(view: View, subject: Extract<Subject, { kind: "node" }>, { lastRun }: HoverSources): string[] {
  const node = staticNodeOf(view, subject);
  const byDefault = view.reading.facts.default;
  if (node === undefined || byDefault.kind === "unknown" || byDefault.index !== subject.strategy) return [];
  const run = lastRun?.();
  const ran = run?.nodes[node.index];
  if (run === undefined || ran === undefined || run.nodes.length !== view.graph(subject.strategy)?.nodes.length)
    return [];
  if (ran.kind !== node.fact.kind) return [];
  return [
    `NodeID \`${ran.id}\` in the last run in ${run.world}, which ${run.cached ? "was known: nothing was computed" : "computed it"}`,
  ];
}

const KIND_WORDS: Readonly<Record<NodeFact["kind"], string>> = {
  stream: "a stream of the world's data",
  user: "a node",
  "cross-section": "a node across symbols",
  aggregate: "a node that makes one value of all symbols",
  kernel: "an indicator",
  "cross-kernel": "an indicator across symbols",
  pick: "one symbol of a panel",
  resample: "a panel or column on another clock",
  align: "a panel or column by its age",
  cast: "a column with another cell",
  "bar-time": "the end of each bar",
  rng: "seeded random numbers",
  plugin: "made by a builder of a plugin package",
  label: "a label: known only later, for datasets and never for a decision",
};

function clockLine(fact: NodeFact): string {
  const scope = fact.scope.kind === "unknown" ? "" : fact.scope.scope === "symbol" ? " and symbol" : ", market-wide";
  return `One value per \`${intervalText(fact)}\` bar${scope}`;
}

function domainLines(fact: NodeFact): string[] {
  if (!("domains" in fact) || fact.domains === undefined) return [];
  if (fact.domains.kind === "unknown") return ["Its domains can't be told."];
  return [`Runs in ${fact.domains.items.map((item) => String("value" in item ? item.value : "?")).join(", ")} only`];
}

function warmUpLines(view: View, subject: Extract<Subject, { node: number }>): string[] {
  const node = staticNodeOf(view, subject);
  const graph = view.graph(subject.strategy);
  if (node === undefined || graph === undefined) return [];
  const warmUp = warmUpsOf(graph)[node.index];
  if (warmUp === undefined) return [];
  if (isUnknown(warmUp)) return [`Warm-up can't be told: ${warmUp.cause.message}.`];
  if (warmUp.settle === 0) return [];
  const settled = warmUp.settle === Number.POSITIVE_INFINITY ? "never" : `after ${barsText(warmUp.settle)}`;
  const path = warmUp.path
    .map(({ node: { fact }, settle }) =>
      settle === 0 ? labelOf(fact) : `${labelOf(fact)} +${settle === Number.POSITIVE_INFINITY ? "∞" : settle}`,
    )
    .join(" → ");
  return [`First value after ${barsText(warmUp.firstValid)}, settled ${settled}: ${path}`];
}

function describeInput(view: View, subject: Extract<Subject, { kind: "input" }>): string[] {
  const fact = factOf(view, subject);
  const read = fact.inputs.kind === "inputs" && fact.inputs.inputs.find(({ name }) => name === subject.input)?.read;
  if (!read) return [];
  return [`**${subject.input}**: ${readText(view, subject, read)}`];
}

function readText(view: View, subject: Extract<Subject, { node: number }>, read: ReadFact): string {
  if (read.kind === "unknown") return `can't be told: ${read.cause.message}`;
  if (read.kind === "constant") return `the constant ${termText(read.value)}`;
  const source = factOf(view, { ...subject, node: read.node });
  const columns = source.output.kind === "output" ? source.output.columns : [];
  const column = "column" in read ? columns.find(({ name }) => name === read.column) : undefined;
  const holds = column === undefined ? columns.map(({ name }) => name).join(", ") : cellFactText(column.cell);
  const from = "column" in read ? `\`${read.column}\` of ${labelOf(source)}` : `the panel ${labelOf(source)}`;
  const window = "bars" in read ? `the last ${termText(read.bars)} bars of ` : "";
  return `${window}${from} (${holds})`;
}

function describeParam(view: View, { strategy, param }: Extract<Subject, { kind: "param" }>): string[] {
  const params = view.reading.facts.strategies[strategy]?.params;
  const fact = params?.kind === "params" ? params.params.find(({ name }) => name === param) : undefined;
  return fact === undefined ? [] : [`**${param}**: ${paramText(fact)}`];
}

export function paramText(fact: ParamFact): string {
  if (fact.kind === "unknown") return `a param that can't be read: ${fact.cause.message}`;
  if (fact.kind === "choice") {
    const of = fact.of.kind === "list" ? fact.of.items.map(termText).join(", ") : "?";
    return `one of ${of}; ${termText(fact.default)} unless said otherwise`;
  }
  const step = fact.step === undefined ? "" : ` in steps of ${termText(fact.step)}`;
  const kind = fact.kind === "int" ? "a whole number" : "a number";
  return `${kind} from ${termText(fact.min)} to ${termText(fact.max)}${step}; ${termText(fact.default)} unless said otherwise`;
}

function describeBuilder({ reading }: View, { specifier, name }: Extract<Subject, { kind: "builder" }>): string[] {
  const described = reading.linked.nodeBuilder(specifier, name);
  if (described !== undefined) {
    const gives = Object.entries(described.outputs).map(([column, cell]) => `- \`${column}\`: ${cellText(cell)}`);
    return [`**${name}** of ${specifier}: ${described.description}`, "gives", gives.join("\n"), axesLine(described)];
  }
  if (!Object.hasOwn(indicatorSignatures, name)) return [];
  const signature = indicatorSignatures[name] as IndicatorSignature;
  const takes = signature.arguments.map((argument) => `- \`${argument.name}\`: ${argumentText(argument)}`).join("\n");
  const gives = Object.entries(signature.outputs).map(([column, output]) => {
    const holds =
      output.kind === "fixed"
        ? cellText(output.cell)
        : output.kind === "float-of"
          ? `f64 in the unit of \`${output.argument}\``
          : `what \`${output.argument}\` is`;
    return `- \`${column}\`: ${holds}`;
  });
  return [`**${name}**(${signature.arguments.map((each) => each.name).join(", ")})`, takes, "gives", gives.join("\n")];
}

/** What a package promises of its nodes. */
function axesLine({
  causality,
  mutability,
  actuation,
}: Pick<PluginFact, "causality" | "mutability" | "actuation">): string {
  const promises = [
    causality === "causal" ? "known at its bar" : "known only after its bar, so for datasets alone",
    mutability === "pure" ? "keeps no state" : "keeps state",
    ...(actuation === "order" ? ["orders by itself"] : []),
  ];
  return `Its package says: ${promises.join(", ")}.`;
}

function argumentText(argument: IndicatorArgument): string {
  switch (argument.kind) {
    case "column": {
      const unit =
        argument.unit === undefined
          ? ""
          : typeof argument.unit === "string"
            ? ` in ${argument.unit}`
            : ` in the unit of \`${argument.unit.sameAs}\``;
      return `a column of ${argument.dtypes.join(" or ")}${unit}`;
    }
    case "panel":
      return `a panel with ${Object.keys(argument.columns).join(", ")}`;
    case "period":
      return `a whole number of at least ${argument.least}`;
    case "lag":
      return "a whole number of bars, 0 or more";
    case "number":
      return "a number";
    case "cell":
      return "a cell: what the output is declared as";
  }
}

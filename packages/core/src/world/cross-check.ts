import type { Policy } from "../policy/policy.ts";
import { POLICY_PRESETS } from "../policy/presets.ts";
import { checkBrokerage } from "./brokerage-check.ts";
import type { Mistake } from "./mistake.ts";
import { compareModes, isMode } from "./mode.ts";
import { conflict, missing, type Placed, valueAt } from "./schema-mistakes.ts";
import { isCurrency } from "./world-file.ts";
import { pathText, type YamlPath } from "./yaml-document.ts";

/**
 * Mistakes that need two fields to be seen. The document may hold other mistakes: a check whose fields are of another type says
 * nothing, the schema does.
 */
export function crossCheck(document: Placed): readonly Mistake[] {
  if (!isMap(document.value)) return [];
  return [
    checkKnowledge,
    checkModes,
    checkPolicy,
    checkPresets,
    checkInstruments,
    checkBrokerage,
    checkEvaluators,
    checkCampaign,
    checkRisk,
  ].flatMap((check) => check(document));
}

function checkKnowledge(document: Placed): readonly Mistake[] {
  const pinned = has(document, ["as_of"]);
  const follows = has(document, ["follow"]);
  if (pinned && follows)
    return [
      conflict(
        document,
        ["follow"],
        "A world pins `as_of` or follows its feeds, not both",
        "Remove `as_of` or `follow`.",
      ),
    ];
  if (pinned || follows) return [];
  const next =
    "Add `as_of: 2020-04-17` to replay what was known then, or `follow: { max_lag: 4d }` to follow the feeds.";
  return [{ ...missing(["as_of"], document), message: "The world says neither `as_of` nor `follow`", next }];
}

function checkModes(document: Placed): readonly Mistake[] {
  const mode = valueAt(document.value, ["max_mode"]);
  const live = valueAt(document.value, ["allow_live"]) === true;
  const mistakes: Mistake[] = [];
  if (has(document, ["as_of"])) {
    if (isMode(mode) && compareModes(mode, "compute-only") > 0) {
      const says = `A world that pins \`as_of\` is historical: its mode is at most compute-only, not ${mode}`;
      mistakes.push(
        conflict(document, ["max_mode"], says, "Write `max_mode: compute-only`, or replace `as_of` by `follow`."),
      );
    }
    if (live)
      mistakes.push(
        conflict(
          document,
          ["allow_live"],
          "A world that pins `as_of` can't be live",
          "Remove `allow_live`, or replace `as_of` by `follow`.",
        ),
      );
  } else if (live && mode !== "live" && (mode === undefined || isMode(mode))) {
    const says = `\`allow_live\` has no effect with \`max_mode: ${mode ?? "paper"}\``;
    mistakes.push(conflict(document, ["allow_live"], says, "Write `max_mode: live` as well, or remove `allow_live`."));
  }
  return mistakes;
}

/** A policy without a preset says everything itself; one with a preset is checked as it is after filling in. */
function checkPolicy(document: Placed): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  const policy = valueAt(document.value, ["policy"]);
  if (isMap(policy) && !has(document, ["policy", "preset"])) {
    const absent = [
      ["policy", "score"],
      ["policy", "top_k"],
      ["policy", "hysteresis"],
    ].filter((path) => !has(document, path));
    if (isMap(valueAt(policy, ["hysteresis"])))
      absent.push(
        ...[
          ["policy", "hysteresis", "enter"],
          ["policy", "hysteresis", "exit"],
        ].filter((path) => !has(document, path)),
      );
    for (const path of absent) {
      const mistake = missing(path, document);
      mistakes.push({
        ...mistake,
        next: `${mistake.next.slice(0, -1)}, or start from a preset: \`policy: { preset: moderate }\`.`,
      });
    }
  }
  const preset = presetNamed(valueAt(policy, ["preset"]))?.hysteresis;
  const enter = valueAt(policy, ["hysteresis", "enter"]) ?? preset?.enter;
  const exit = valueAt(policy, ["hysteresis", "exit"]) ?? preset?.exit;
  if (typeof enter === "number" && typeof exit === "number" && exit > enter) {
    const field = has(document, ["policy", "hysteresis", "exit"]) ? "exit" : "enter";
    const says = `The score to stay (\`exit\`, ${exit}) is above the score to come in (\`enter\`, ${enter}), so a strategy would come and go`;
    mistakes.push(
      conflict(document, ["policy", "hysteresis", field], says, "Write an `exit` that is at most `enter`."),
    );
  }
  return mistakes;
}

function presetNamed(name: unknown): Policy | undefined {
  const presets: Readonly<Record<string, Policy>> = POLICY_PRESETS;
  return typeof name === "string" && Object.hasOwn(presets, name) ? presets[name] : undefined;
}

function checkPresets(document: Placed): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  const presets = listAt(document, ["data", "presets"]);
  mistakes.push(
    ...repeated(
      document,
      presets.map((_, i) => ["data", "presets", i, "id"]),
      "preset",
    ),
  );
  presets.forEach((preset, i) => {
    const path = ["data", "presets", i];
    const symbols = listAt(document, [...path, "universe", "symbols"]);
    mistakes.push(
      ...repeated(
        document,
        symbols.map((_, j) => [...path, "universe", "symbols", j, "id"]),
        "symbol",
      ),
    );
    symbols.forEach((_, j) => {
      const tags = [...path, "universe", "symbols", j, "tags"];
      mistakes.push(
        ...repeated(
          document,
          listAt(document, tags).map((_tag, k) => [...tags, k]),
          "tag",
        ),
      );
    });
    const warmup = valueAt(preset, ["window", "warmup_bars"]);
    const history = valueAt(preset, ["window", "min_history"]);
    if (typeof warmup === "number" && typeof history === "number" && history < warmup) {
      const says = `\`min_history\` (${history}) is shorter than \`warmup_bars\` (${warmup}), so a symbol could end before it decides`;
      mistakes.push(conflict(document, [...path, "window", "min_history"], says, `Write at least ${warmup}.`));
    }
  });
  return mistakes;
}

function checkInstruments(document: Placed): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  const account = valueAt(document.value, ["account", "currency"]);
  const fx = listAt(document, ["data", "fx"]);
  const rates = new Set(fx.map((one) => valueAt(one, ["currency"])));
  const quoted = new Set<string>();
  const first = new Map<string, { readonly preset: number; readonly symbol: unknown }>();
  listAt(document, ["data", "presets"]).forEach((_, i) => {
    listAt(document, ["data", "presets", i, "universe", "symbols"]).forEach((symbol, j) => {
      const path = ["data", "presets", i, "universe", "symbols", j];
      const currency = valueAt(symbol, ["currency"]);
      if (isCurrency(currency)) quoted.add(currency);
      const foreign = isCurrency(currency) && isCurrency(account) && currency !== account;
      if (foreign && !rates.has(currency)) {
        const says = `\`${pathText(path)}\` is quoted in ${currency}, the account is in ${account}, and no rates of ${currency} are declared`;
        const next = `Declare them: \`data: { fx: [{ currency: ${currency}, … }] }\`, or leave the symbol out.`;
        mistakes.push(conflict(document, [...path, "currency"], says, next));
      }
      const id = valueAt(symbol, ["id"]);
      if (typeof id !== "string") return;
      const known = first.get(id);
      if (known === undefined) first.set(id, { preset: i, symbol });
      else if (known.preset !== i)
        for (const field of ["currency", "lot", "tick", "shortable", "borrow_rate"])
          if (valueAt(symbol, [field]) !== valueAt(known.symbol, [field])) {
            const says = `${id} has another \`${field}\` in \`data.presets[${known.preset}]\`; it is one instrument of the account`;
            mistakes.push(conflict(document, [...path, field], says, "Write the same value in both presets."));
          }
    });
  });
  const places = fx.map((_, i): YamlPath => ["data", "fx", i, "currency"]);
  mistakes.push(...repeated(document, places, "currency"));
  fx.forEach((one, i) => {
    const currency = valueAt(one, ["currency"]);
    if (!isCurrency(currency)) return;
    const why =
      currency === account ? "it is the account's own" : quoted.has(currency) ? undefined : "no symbol is quoted in it";
    if (why === undefined) return;
    const says = `Rates of ${currency} have no effect: ${why}`;
    mistakes.push(conflict(document, places[i]!, says, "Remove them, or correct the currency."));
  });
  return mistakes;
}

/** A section that could not have an effect is a misunderstanding. */
function checkCampaign(document: Placed): readonly Mistake[] {
  if (!has(document, ["campaign"])) return [];
  const mistakes: Mistake[] = [];
  if (has(document, ["as_of"]))
    return [
      conflict(
        document,
        ["campaign"],
        "A world that pins `as_of` runs nothing, so a campaign has no effect",
        "Remove `campaign`, or replace `as_of` by `follow`.",
      ),
    ];
  for (const field of ["live", "canary"])
    if (has(document, ["campaign", field]) && valueAt(document.value, ["allow_live"]) !== true)
      mistakes.push(
        conflict(
          document,
          ["campaign", field],
          `\`campaign.${field}\` has no effect in a world that does not allow live`,
          `Write \`allow_live: true\`, or remove \`campaign.${field}\`.`,
        ),
      );
  for (const stage of ["paper", "live"]) {
    const path = ["campaign", stage];
    if (!isMap(valueAt(document.value, path))) continue;
    const window = valueAt(document.value, [...path, "window"]) ?? 60;
    const samples = valueAt(document.value, [...path, "min_samples"]) ?? 20;
    if (typeof window !== "number" || typeof samples !== "number" || samples <= window) continue;
    const field = has(document, [...path, "min_samples"]) ? "min_samples" : "window";
    const says = `\`min_samples\` (${samples}) is more than the \`window\` (${window}) can hold`;
    mistakes.push(conflict(document, [...path, field], says, "Write at most the window."));
  }
  return mistakes;
}

/** A limit that another one makes impossible to reach would be read and have no effect. */
function checkRisk(document: Placed): readonly Mistake[] {
  const gross = valueAt(document.value, ["risk", "gross"]);
  if (typeof gross !== "number") return [];
  return ["net", "position"].flatMap((field) => {
    const bound = valueAt(document.value, ["risk", field]);
    if (typeof bound !== "number" || bound <= gross) return [];
    const says = `\`risk.${field}\` (${bound}) has no effect: \`gross\` allows ${gross} in all`;
    return [conflict(document, ["risk", field], says, `Write at most ${gross}, or remove it.`)];
  });
}

function checkEvaluators(document: Placed): readonly Mistake[] {
  return repeated(
    document,
    listAt(document, ["evaluators"]).map((_, i) => ["evaluators", i, "use"]),
    "evaluator",
  );
}

/** Texts at `paths` that stand there a second time. */
function repeated(document: Placed, paths: readonly YamlPath[], noun: string): readonly Mistake[] {
  const seen = new Map<string, YamlPath>();
  const mistakes: Mistake[] = [];
  for (const path of paths) {
    const text = valueAt(document.value, path);
    if (typeof text !== "string") continue;
    const earlier = seen.get(text);
    if (earlier === undefined) seen.set(text, path);
    else {
      const other = document.entries.get(pathText(earlier))?.value;
      const mistake = conflict(
        document,
        path,
        `The ${noun} ${text} is named twice`,
        "Remove one of the two, or rename it.",
      );
      mistakes.push({ ...mistake, code: "world.duplicate", ...(other !== undefined && { other }) });
    }
  }
  return mistakes;
}

function has(document: Placed, path: YamlPath): boolean {
  return valueAt(document.value, path) !== undefined;
}

function listAt(document: Placed, path: YamlPath): readonly unknown[] {
  const list = valueAt(document.value, path);
  return Array.isArray(list) ? list : [];
}

function isMap(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

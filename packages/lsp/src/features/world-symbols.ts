import type { TextRange } from "@qmtl/core/static";
import type { Place } from "../facts/index.ts";
import type { ProjectWorld } from "../project/index.ts";
import type { FoldingRange } from "./folding.ts";
import type { DocumentSymbol } from "./symbols.ts";

/** A world with its presets, symbols and gates. */
export function worldSymbolsOf(world: ProjectWorld): readonly DocumentSymbol[] {
  const { positions } = world.checked;
  const placeOf = ({ line, column, endLine, endColumn }: TextRange): Place => ({
    file: world.path,
    start: { line, column },
    end: { line: endLine, column: endColumn },
  });
  const symbol = (
    path: string,
    of: Pick<DocumentSymbol, "name" | "detail" | "kind">,
    children: readonly DocumentSymbol[] = [],
  ): readonly DocumentSymbol[] => {
    const entry = positions[path];
    if (entry === undefined) return [];
    const value = placeOf(entry.value);
    const key = entry.key === undefined ? undefined : placeOf(entry.key);
    return [
      { ...of, place: key === undefined ? value : { ...value, start: key.start }, selection: key ?? value, children },
    ];
  };
  const presets = (world.config?.presets ?? []).flatMap((preset, index) =>
    symbol(
      `data.presets[${index}]`,
      { name: preset.id, detail: `${preset.preset} ${preset.interval}`, kind: "preset" },
      preset.universe.symbols.flatMap((one, at) =>
        symbol(`data.presets[${index}].universe.symbols[${at}]`, {
          name: one.id,
          detail: one.tags.join(", "),
          kind: "symbol",
        }),
      ),
    ),
  );
  const gates = Object.entries(world.config?.policy.gates ?? {}).flatMap(([name, text]) =>
    symbol(`policy.gates.${name}`, { name, detail: text, kind: "gate" }),
  );
  return symbol("", { name: world.name, detail: "world", kind: "world" }, [...presets, ...gates]);
}

/** Maps and lists that are written over several lines. */
export function worldFoldingOf({ checked }: ProjectWorld): readonly FoldingRange[] {
  const ranges = new Map<number, FoldingRange>();
  for (const { key, value } of Object.values(checked.positions)) {
    const from = key?.line ?? value.line;
    // A block ends where the next line begins.
    const to = value.endColumn === 1 ? value.endLine - 1 : value.endLine;
    if (key !== undefined && to > from && to > (ranges.get(from)?.to ?? 0)) ranges.set(from, { from, to });
  }
  return [...ranges.values()].sort((a, b) => a.from - b.from);
}

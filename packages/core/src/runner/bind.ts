import { type DataPreset, selectSymbols } from "../data/preset.ts";
import { misfitOf } from "../data/stream-fit.ts";
import type { PresetDescription } from "../plugin/contract/data-provider.ts";
import { QmtlError } from "../schema/error.ts";
import type { StreamRequest } from "./inspect.ts";

/** A preset of the world with what its provider offers. */
export interface OfferedPreset {
  readonly preset: DataPreset;
  readonly offer: PresetDescription;
}

export interface StreamBinding {
  readonly stream: StreamRequest;
  readonly preset: DataPreset;
  /** Symbols that the stream's tags select, in the universe's order. */
  readonly symbols: readonly string[];
}

export interface BindOptions {
  readonly world: string;
  readonly streams: readonly StreamRequest[];
  readonly presets: readonly OfferedPreset[];
  /** `--data-preset`: settles a stream that several presets fit. */
  readonly dataPreset?: string;
}

/**
 * Binds each stream to the one preset whose interval, schema and tags fit.
 *
 * @throws `data.undeclared-preset`, `data.missing-interval`, `data.no-preset`, `data.several-presets`; each lists what the world declares
 */
export function bindStreams({ world, streams, presets, dataPreset }: BindOptions): readonly StreamBinding[] {
  const declared = presets.map(({ preset }) => preset.id).join(", ") || "none";
  if (dataPreset !== undefined && !presets.some(({ preset }) => preset.id === dataPreset))
    throw new QmtlError({
      code: "data.undeclared-preset",
      message: `World "${world}" declares no data preset "${dataPreset}"`,
      place: { world, preset: dataPreset },
      next: `It declares ${declared}.`,
    });
  return streams.map((stream) => {
    const judged = presets.map((offered) => ({ offered, misfit: misfitOf(stream, offered) }));
    const fitting = judged.flatMap(({ offered, misfit }) => (misfit === undefined ? [offered.preset] : []));
    const preset = fitting.length > 1 ? fitting.find(({ id }) => id === dataPreset) : fitting[0];
    const what = `The stream of ${stream.schema.id} at ${stream.interval} with ${stream.match === "all" ? "all" : "any"} of [${stream.tags.join(", ")}]`;
    if (fitting.length === 0) {
      const onlyInterval = presets.every((offered) => offered.preset.interval !== stream.interval);
      throw new QmtlError({
        code: onlyInterval ? "data.missing-interval" : "data.no-preset",
        message: `${what} fits no data preset of world "${world}"`,
        place: { world },
        next:
          judged.length === 0
            ? "Declare one under data.presets of the world."
            : `Presets: ${judged.map(({ offered, misfit }) => `${offered.preset.id} (${misfit})`).join("; ")}.`,
      });
    }
    if (preset === undefined)
      throw new QmtlError({
        code: "data.several-presets",
        message: `${what} fits ${fitting.map(({ id }) => id).join(" and ")} of world "${world}"`,
        place: { world },
        next: `Choose one with --data-preset ${fitting[0]?.id}, or make the tags more exact.`,
      });
    return {
      stream,
      preset,
      symbols: selectSymbols(preset.universe.symbols, stream.tags, stream.match).map(({ id }) => id),
    };
  });
}

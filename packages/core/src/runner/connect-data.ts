import type { DataPreset } from "../data/preset.ts";
import type { DataProvider, PresetDescription } from "../plugin/contract/data-provider.ts";
import { QmtlError } from "../schema/error.ts";
import { bindStreams } from "./bind.ts";
import type { InspectedStrategy } from "./inspect.ts";
import type { OpenedAhead } from "./open-ahead.ts";
import { streamsOfWorld } from "./streams-of-world.ts";
import type { SubmitContext, SubmitRequest } from "./submit.ts";
import { wantedInstant } from "./wanted-instant.ts";
import { openWorldData, type WorldData } from "./world-data.ts";

/**
 * Binds the strategy's streams to the world's presets, and opens what they name, but for what is being opened already.
 *
 * @throws of class `usage` where they do not fit
 */
export async function connectData(
  request: Pick<SubmitRequest, "dataPreset" | "asOf">,
  context: Pick<SubmitContext, "config" | "provider" | "objects" | "signal">,
  inspected: Pick<InspectedStrategy, "streams" | "priceStream">,
  ahead?: OpenedAhead["datasets"],
): Promise<WorldData> {
  const { config, provider, objects, signal } = context;
  const presets = config.presets.map((preset) => ({ preset, offer: offerOf(provider(preset), preset) }));
  const bindings = bindStreams({
    world: config.id,
    streams: streamsOfWorld(inspected, config.brokerage),
    presets,
    ...(request.dataPreset !== undefined && { dataPreset: request.dataPreset }),
  });
  return openWorldData({
    bindings,
    ...(config.fx !== undefined && { fx: config.fx }),
    provider,
    objects,
    signal,
    ...(ahead !== undefined && { ahead }),
    ...wantedInstant(request, config),
  });
}

/** What the provider offers under a preset's name. @throws `data.unknown-preset` */
function offerOf(
  { use, provider }: { readonly use: string; readonly provider: DataProvider },
  preset: DataPreset,
): PresetDescription {
  const offers = provider.presets();
  const offer = offers.find(({ name }) => `${use}.${name}` === preset.preset);
  if (offer !== undefined) return offer;
  throw new QmtlError({
    code: "data.unknown-preset",
    message: `There is no preset ${JSON.stringify(preset.preset)}`,
    place: { preset: preset.id },
    next: `${use} offers ${offers.map(({ name }) => `${use}.${name}`).join(", ") || "none"}.`,
  });
}

import type { Dataset } from "../data/dataset.ts";
import type { DataPreset } from "../data/preset.ts";
import { openDataset } from "../data/seamless/open-dataset.ts";
import type { SubmitContext, SubmitRequest } from "./submit.ts";
import { readAt, wantedInstant } from "./wanted-instant.ts";

/** Data that are being opened before it is known who reads them. */
export interface OpenedAhead {
  /** By id of the preset. */
  readonly datasets: ReadonlyMap<string, Promise<Dataset>>;
  /** Ends what nobody waits for, and resolves when it has ended. */
  abandon(): Promise<void>;
}

/**
 * Begins to open the data that a strategy will read whatever it says, while it is still being inspected: where the world, or the request,
 * leaves it one preset alone. What fails is told to whoever reads it.
 */
export function openAhead(
  request: Pick<SubmitRequest, "dataPreset" | "asOf">,
  context: Pick<SubmitContext, "config" | "provider" | "objects" | "signal">,
): OpenedAhead {
  const { presets } = context.config;
  const [preset, ...more] =
    request.dataPreset === undefined ? presets : presets.filter(({ id }) => id === request.dataPreset);
  if (preset === undefined || more.length > 0) return { datasets: new Map(), abandon: async () => {} };
  const ending = new AbortController();
  const signal = AbortSignal.any([context.signal, ending.signal]);
  const opening = open(preset, request, { ...context, signal });
  const ended = opening.then(
    () => {},
    () => {},
  );
  return {
    datasets: new Map([[preset.id, opening]]),
    abandon: () => {
      ending.abort();
      return ended;
    },
  };
}

async function open(
  preset: DataPreset,
  request: Pick<SubmitRequest, "asOf">,
  { config, provider: providerOf, objects, signal }: Pick<SubmitContext, "config" | "provider" | "objects" | "signal">,
): Promise<Dataset> {
  const { use, provider } = providerOf(preset);
  const asOf = readAt(wantedInstant(request, config));
  return openDataset({ provider, use, preset, objects, signal, ...(asOf !== undefined && { asOf }) });
}

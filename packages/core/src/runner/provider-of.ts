import type { DataPreset } from "../data/preset.ts";
import type { DataProvider } from "../plugin/contract/data-provider.ts";
import type { PluginHost } from "../plugin/host/index.ts";

/** The provider that a preset's name begins with: `samples.sp500` is of `samples`. @throws `plugin.unknown-use` */
export function providerOf(host: Pick<PluginHost, "get">, world: string) {
  return ({ preset, id }: DataPreset): { readonly use: string; readonly provider: DataProvider } => {
    const use = preset.split(".", 1)[0] as string;
    return { use, provider: host.get("data-provider", use, { world, preset: id }) };
  };
}

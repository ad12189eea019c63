/** A strategy to begin from: `templates/<id>.ts`, whose name is its id. */
export interface Template {
  readonly id: string;
  readonly label: string;
  readonly detail: string;
  /** `templates/<world>.yml`: what it runs in, where the sample world of a new project does not have its data. */
  readonly world?: string;
}

export const TEMPLATES: readonly Template[] = [
  { id: "trend", label: "Trend", detail: "Holds an index while its fast mean is above its slow one" },
  {
    id: "mean-reversion",
    label: "Mean reversion",
    detail: "Buys dips in an uptrend with orders, stops and a time limit",
  },
  { id: "breakout", label: "Breakout", detail: "Enters above past highs, sized by the market's range; keeps state" },
  {
    ...{ id: "pairs", label: "Pairs", detail: "Trades the ratio of two shares back to its mean" },
    world: "sample-shares",
  },
  {
    ...{ id: "cross-sectional", label: "Cross-sectional rank", detail: "Holds the strongest shares of a universe" },
    world: "sample-shares",
  },
];

/** The text of a template under the name of the author's choosing. */
export function templateText(text: string, { id }: Template, name: string): string {
  return text.replace(`name: ${JSON.stringify(id)}`, `name: ${JSON.stringify(name)}`);
}

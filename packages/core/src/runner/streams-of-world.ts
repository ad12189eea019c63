import { type Brokerage, brokerageColumns } from "../backtest/brokerage.ts";
import type { InspectedStrategy } from "./inspect.ts";

/** The streams as a world reads them: its brokerage may ask more of the prices than the strategy does. */
export function streamsOfWorld(
  { streams, priceStream }: Pick<InspectedStrategy, "streams" | "priceStream">,
  brokerage: Brokerage,
): InspectedStrategy["streams"] {
  const more = brokerageColumns(brokerage);
  return streams.map((stream) =>
    stream.node !== priceStream
      ? stream
      : {
          ...stream,
          columns: [
            ...new Set([...stream.columns, ...more.filter((name) => stream.schema.columns[name] !== undefined)]),
          ].sort(),
        },
  );
}

import type { Box, Layout } from "./layout.ts";
import type { Picture } from "./picture.ts";

export type Direction = "consumer" | "input" | "above" | "below" | "first" | "last";

/** Where an arrow key leads: along an edge to the nearest end of it, or to what stands above or below in the same rank. */
export function neighbour(picture: Picture, { boxes }: Layout, key: string, direction: Direction): string | undefined {
  const from = boxes.find(({ node }) => node.key === key);
  if (from === undefined) return undefined;
  const named = (keys: readonly string[]): readonly Box[] => boxes.filter(({ node }) => keys.includes(node.key));
  switch (direction) {
    case "consumer":
      return nearest(from, named(picture.edges.filter((edge) => edge.from === key).map(({ to }) => to)));
    case "input":
      return nearest(from, named(picture.edges.filter((edge) => edge.to === key).map((edge) => edge.from)));
    case "above":
      return nearest(
        from,
        boxes.filter(({ rank, y }) => rank === from.rank && y < from.y),
      );
    case "below":
      return nearest(
        from,
        boxes.filter(({ rank, y }) => rank === from.rank && y > from.y),
      );
    case "first":
      return boxes[0]?.node.key;
    case "last":
      return boxes.at(-1)?.node.key;
  }
}

/** The nearest rank counts more than the nearest height. */
function nearest(from: Box, others: readonly Box[]): string | undefined {
  const middle = ({ y, height }: Box): number => y + height / 2;
  const far = (box: Box): number => Math.abs(box.rank - from.rank) * 1e5 + Math.abs(middle(box) - middle(from));
  return others.toSorted((a, b) => far(a) - far(b))[0]?.node.key;
}

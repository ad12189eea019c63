/** The value below which a share of ascending values lies, interpolated linearly (type 7 of Hyndman & Fan 1996). */
export function quantileOf(ascending: Float64Array, share: number): number {
  const position = (ascending.length - 1) * share;
  const below = Math.floor(position);
  const low = ascending[below]!;
  return low + (position - below) * ((ascending[below + 1] ?? low) - low);
}

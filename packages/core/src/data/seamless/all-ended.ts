/** As `Promise.all`, but a failure waits for the others: nothing works on for a caller who has left. */
export async function allEnded<const T extends readonly unknown[]>(
  works: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

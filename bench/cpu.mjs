/** CPU milliseconds of all threads of this process, and what the work came to. */
export function cpu(work) {
  const before = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, value };
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/**
 * Two sides of one comparison in turns, a few rounds of each in a row, so that each collects its own garbage: one after the other, what the first
 * leaves behind would be collected in the time of the second. Gives each side's middle time, and what its last round came to.
 */
export function compare(ours, theirs, { warmUp, turns, rounds }) {
  for (let round = 0; round < warmUp; round++) {
    theirs();
    ours();
  }
  const sides = [theirs, ours].map((work) => ({ work, times: [], value: undefined }));
  for (let turn = 0; turn < turns; turn++)
    for (const side of sides)
      for (let round = 0; round < rounds; round++) {
        const { ms, value } = cpu(side.work);
        side.times.push(ms);
        side.value = value;
      }
  const [them, us] = sides.map(({ times, value }) => ({ ms: median(times), value }));
  return { us, them, ratio: Math.round((us.ms / them.ms) * 1000) / 1000 };
}

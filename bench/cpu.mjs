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

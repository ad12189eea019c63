/** A clock that only goes on when it is told to, and whoever waits on it. */
export interface VirtualTime {
  readonly clock: () => number;
  /** Only goes forward. */
  readonly elapsed: () => number;
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Goes on in steps of a millisecond or more; what waits is woken in order, and does all it can before time goes on. */
  pass(milliseconds: number): Promise<void>;
  /** The clock is set, without time going on. */
  jump(milliseconds: number): void;
}

export function virtualTime(start: number): VirtualTime {
  let now = start;
  let skew = 0;
  let sleepers: { readonly due: number; readonly wake: () => void }[] = [];
  const settle = async (): Promise<void> => {
    // Every storage call of the kit gives way a few times; a task that is not done after so many turns waits for something else.
    for (let i = 0; i < 40; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    clock: () => now + skew,
    elapsed: () => now - start,
    wait: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const wake = (): void => {
          signal.removeEventListener("abort", wake);
          resolve();
        };
        signal.addEventListener("abort", wake);
        sleepers.push({ due: now + milliseconds, wake });
      }),
    pass: async (milliseconds) => {
      const end = now + milliseconds;
      await settle();
      for (;;) {
        const next = Math.min(...sleepers.map(({ due }) => due), Number.POSITIVE_INFINITY);
        if (next > end) break;
        now = next;
        const due = sleepers.filter((one) => one.due <= now);
        sleepers = sleepers.filter((one) => one.due > now);
        for (const { wake } of due) wake();
        await settle();
      }
      now = end;
    },
    jump: (milliseconds) => {
      skew += milliseconds;
    },
  };
}

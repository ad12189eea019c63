/** Says on standard error what takes long. Quick work says nothing. */
export interface Progress {
  /** Names the phase that begins; it ends with the next one. */
  phase(what: string): void;
  /** Says how far the phase has come. Where lines stay, that is every five seconds. */
  update(how: string): void;
  done(): void;
  /** Milliseconds per phase so far. */
  readonly timings: Readonly<Record<string, number>>;
}

const PATIENCE_MS = 400;
/** Between two lines where lines stay. */
const LINE_MS = 5000;

export function createProgress(stream: NodeJS.WriteStream, quiet: boolean): Progress {
  const timings: Record<string, number> = {};
  let current: { what: string; since: number; timer: NodeJS.Timeout; said: boolean } | undefined;
  let updated = 0;
  const finish = (): void => {
    if (current === undefined) return;
    clearTimeout(current.timer);
    timings[current.what] = (timings[current.what] ?? 0) + Math.round((performance.now() - current.since) * 10) / 10;
    if (current.said && stream.isTTY) stream.write("\r\x1b[2K");
    current = undefined;
  };
  return {
    timings,
    phase(what) {
      finish();
      const entry = { what, since: performance.now(), said: false, timer: setTimeout(() => say(), PATIENCE_MS) };
      entry.timer.unref();
      current = entry;
      function say(): void {
        entry.said = true;
        if (!quiet) stream.write(stream.isTTY ? `${what}…` : `${what}…\n`);
      }
    },
    update(how) {
      if (current === undefined || quiet || !current.said) return;
      const now = performance.now();
      if (!stream.isTTY && now - updated < LINE_MS) return;
      updated = now;
      stream.write(stream.isTTY ? `\r\x1b[2K${current.what}… ${how}` : `${how}…\n`);
    },
    done: finish,
  };
}

/** What the main thread and its watchdog share. */
export interface Watched {
  readonly control: Int32Array;
  /** JSON of the error that a blocked thread comes to, UTF-8. */
  readonly text: Uint8Array;
  readonly json: boolean;
  readonly color: boolean;
}

/** In `control`: changes as long as the thread is alive, and with every call. */
export const BEAT = 0;
/** In `control`: milliseconds without a beat until the thread counts as blocked; 0 where nothing is watched. */
export const PATIENCE = 1;
/** In `control`: bytes of the text. */
export const LENGTH = 2;

export const TEXT_BYTES = 16_384;

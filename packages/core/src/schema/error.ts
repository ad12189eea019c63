/** The one error type of QMTL: a stable code, one sentence, the place, and the next step. */

/** Where something went wrong. Every field is optional; what is known is shown. */
export interface ErrorPlace {
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  readonly world?: string;
  readonly strategy?: string;
  readonly node?: string;
  readonly symbol?: string;
  /** The end of the bar, epoch milliseconds UTC. */
  readonly bar?: number;
  /** Name of the plugin's package. */
  readonly plugin?: string;
  readonly pluginVersion?: string;
  readonly pluginKind?: string;
  readonly method?: string;
  readonly preset?: string;
  /** Path inside a configuration, for example `policy.gates.trades`. */
  readonly path?: string;
}

const brand: unique symbol = Symbol.for("qmtl.error") as never;

/** How the failure is answered: bad input of the caller, a rejected strategy, or a fault of the system or a plugin. */
export type ErrorClass = "usage" | "rejected" | "failed";

export interface QmtlErrorFields {
  /** Stable, `area.what`, for example `data.unknown-symbol`. */
  readonly code: string;
  /** One sentence without a trailing next step. */
  readonly message: string;
  readonly place?: ErrorPlace;
  /** What the reader should do now. */
  readonly next?: string;
  /** Default `"usage"`. */
  readonly class?: ErrorClass;
  readonly cause?: unknown;
  /** Further findings of the same kind (every mistake of a file, for example). */
  readonly details?: readonly QmtlErrorJson[];
}

export interface QmtlErrorJson {
  readonly code: string;
  readonly message: string;
  readonly place?: ErrorPlace;
  readonly next?: string;
  readonly class?: ErrorClass;
  readonly details?: readonly QmtlErrorJson[];
}

/** Thrown by every part of QMTL. Recognise it with {@link isQmtlError}, never with `instanceof`: several copies may be loaded. */
export class QmtlError extends Error {
  readonly [brand] = true;
  readonly code: string;
  readonly place: ErrorPlace;
  readonly next: string | undefined;
  readonly class: ErrorClass;
  readonly details: readonly QmtlErrorJson[];

  constructor(fields: QmtlErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = "QmtlError";
    this.code = fields.code;
    this.place = fields.place ?? {};
    this.next = fields.next;
    this.class = fields.class ?? "usage";
    this.details = fields.details ?? [];
  }

  toJSON(): QmtlErrorJson {
    return {
      code: this.code,
      message: this.message,
      ...(Object.keys(this.place).length > 0 && { place: this.place }),
      ...(this.next !== undefined && { next: this.next }),
      class: this.class,
      ...(this.details.length > 0 && { details: this.details }),
    };
  }
}

/** True for a {@link QmtlError} of any copy of the package. */
export function isQmtlError(value: unknown): value is QmtlError {
  return typeof value === "object" && value !== null && (value as { [brand]?: unknown })[brand] === true;
}

/** Rebuilds an error that crossed a process boundary as JSON. */
export function errorFromJson(json: QmtlErrorJson): QmtlError {
  return new QmtlError(json);
}

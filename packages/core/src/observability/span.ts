import { type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import { SCOPE } from "./instruments.ts";

/** Every span that QMTL opens. */
export const SPANS = {
  submit: "qmtl.submit",
  "submit-phase": "qmtl.submit.phase",
  "apply-phase": "qmtl.apply.phase",
} as const;

export type SpanName = keyof typeof SPANS;

export type SpanAttributes = Readonly<Record<string, string | number>>;

/** A span that someone else ends. */
export interface OpenSpan {
  /** @param error what went wrong, if anything did */
  end(error?: unknown): void;
}

/** Begins a span now; without a registered tracer it does nothing. */
export function openSpan(name: SpanName, attributes: SpanAttributes): OpenSpan {
  const span = trace.getTracer(SCOPE).startSpan(SPANS[name], { attributes: { ...attributes } });
  return { end: (error) => close(span, error) };
}

/** A span that is over: from one instant to another, ms UTC. */
export function pastSpan(name: SpanName, attributes: SpanAttributes, from: number, to: number): void {
  trace
    .getTracer(SCOPE)
    .startSpan(SPANS[name], { attributes: { ...attributes }, startTime: from })
    .end(to);
}

function close(span: Span, error: unknown): void {
  if (error !== undefined)
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
  span.end();
}

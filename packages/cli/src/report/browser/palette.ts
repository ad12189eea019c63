/** The colours of the style sheet as the canvas needs them; read again when light and dark change. */
export interface Palette {
  readonly accent: string;
  readonly loss: string;
  readonly muted: string;
  readonly other: string;
  readonly text: string;
  readonly grid: string;
  readonly zero: string;
  readonly long: string;
  readonly short: string;
  readonly entry: string;
  readonly exit: string;
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    accent: color("accent"),
    loss: color("loss"),
    muted: color("line-muted"),
    other: color("other"),
    text: color("muted"),
    grid: color("grid"),
    zero: color("zero"),
    long: color("held-long"),
    short: color("held-short"),
    entry: color("entry"),
    exit: color("exit"),
  };
}

/** A colour of the style sheet, `#rrggbb`, with less cover. */
export function faint(color: string): string {
  return `${color}2e`;
}

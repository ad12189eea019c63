/** Numbers for people: enough digits to tell things apart, never more. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (Number.isInteger(value)) return value.toLocaleString("en-US");
  if (size >= 1000) return value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  if (size >= 0.1) return value.toFixed(3);
  return value === 0 ? "0" : Number(value.toPrecision(3)).toString();
}

export function formatPercent(value: number): string {
  return `${(value * 100).toFixed(2)} %`;
}

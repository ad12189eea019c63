import type { Locator } from "playwright-core";

export interface Faint {
  readonly text: string;
  readonly ratio: number;
}

/**
 * Texts of a page that are harder to read than WCAG 2.2 allows (1.4.3: 4.5 to 1), with what their colour and the one below them come to. What is
 * pale on purpose (not on the lineage that was chosen) is left out.
 */
export async function faintTexts(body: Locator): Promise<readonly Faint[]> {
  return (await body.evaluate(LOOK)) as readonly Faint[];
}

const LOOK = `(() => {
  const { body } = document;
  const colour = (text) => {
    const parts = (text.match(/-?[\\d.]+(?:e-?\\d+)?/g) ?? []).map(Number);
    const scale = text.startsWith("color(") ? 255 : 1;
    const [r = 0, g = 0, b = 0, a = 1] = parts;
    return text === "none" || text === "transparent" ? [0, 0, 0, 0] : [r * scale, g * scale, b * scale, a];
  };
  const over = ([r, g, b, a], [r2, g2, b2]) => [r * a + r2 * (1 - a), g * a + g2 * (1 - a), b * a + b2 * (1 - a), 1];
  const light = (colour) => {
    const [r, g, b] = colour.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const page = getComputedStyle(document.documentElement).getPropertyValue("--vscode-editor-background").trim();
  const probe = document.createElement("i");
  probe.style.color = page;
  body.append(probe);
  const ground = colour(getComputedStyle(probe).color);
  probe.remove();
  const fillOf = (shape) => {
    if (!shape) return [];
    const { fill, fillOpacity } = getComputedStyle(shape);
    const [r, g, b, a] = colour(fill);
    return [[r, g, b, a * Number(fillOpacity)]];
  };
  const below = (element) => {
    const layers = [];
    if (element instanceof SVGElement && !element.classList.contains("time"))
      layers.push(
        ...fillOf(element.closest(".row")?.querySelector(".ground")),
        ...fillOf(element.closest(".badge")?.querySelector("rect")),
        ...fillOf(element.closest(".node")?.querySelector(".body")),
      );
    for (let at = element; at; at = at.parentElement) layers.push(colour(getComputedStyle(at).backgroundColor));
    return layers.reduceRight((under, layer) => over(layer, under), ground);
  };
  const found = [];
  for (const element of body.querySelectorAll("*")) {
    const text = [...element.childNodes].filter((one) => one.nodeType === 3).map((one) => one.data).join("").trim();
    const style = getComputedStyle(element);
    const unseen = element.getClientRects().length === 0 || style.visibility === "hidden" || element.closest(".faint");
    if (text === "" || unseen || ["SCRIPT", "STYLE", "OPTION", "TITLE"].includes(element.tagName.toUpperCase())) continue;
    let shown = colour(element instanceof SVGElement ? style.fill : style.color);
    for (let at = element; at; at = at.parentElement) shown[3] *= Number(getComputedStyle(at).opacity);
    const under = below(element);
    const [bright, dark] = [light(over(shown, under)), light(under)].sort((a, b) => b - a);
    const ratio = Math.round(((bright + 0.05) / (dark + 0.05)) * 100) / 100;
    if (ratio < 4.5) found.push({ text, ratio });
  }
  return found;
})()`;

const LIGHT =
  "--page:#f6f7f9;--card:#fff;--edge:#e2e5ea;--text:#15191f;--muted:#5c6675;--accent:#2457c5;--other:#7a3fb0;--loss:#c2410c;--line-muted:#556274;--grid:#e9ecf1;--zero:#9aa4b2;--gain-text:#0b6b4f;--loss-text:#b03a0a;--warn:#8a5a00;--held-long:#0f8a651a;--held-short:#c2410c1a;--entry:#0a7d5a;--exit:#b4230f;--g1:#e6f4ee;--g2:#c4e6d8;--g3:#93d1b8;--g4:#57b592;--g5:#1b7d5b;--l1:#fbece5;--l2:#f6d2c2;--l3:#eeac90;--l4:#e08460;--l5:#b84d24;--on-strong:#fff;--badge:#eef1f6";
const DARK =
  "--page:#0e1116;--card:#161b22;--edge:#2a313c;--text:#e6eaf0;--muted:#9aa6b6;--accent:#78a6ff;--other:#c79bff;--loss:#ff9466;--line-muted:#a8b4c4;--grid:#232a34;--zero:#56616f;--gain-text:#5fd0a5;--loss-text:#ff9f78;--warn:#e8b84a;--held-long:#3ccf991f;--held-short:#ff94661f;--entry:#3ccf99;--exit:#ff7a66;--g1:#14261f;--g2:#17382c;--g3:#1a4d3b;--g4:#1f6b51;--g5:#1f8260;--l1:#2a1b15;--l2:#40241a;--l3:#5c2f1e;--l4:#803d23;--l5:#ad512c;--on-strong:#fff;--badge:#222a35";

/** The page's style sheet. Colours are named for light and dark, as the reader's system has it or `data-theme` says; nothing is fetched. */
export const STYLE = `
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
:root[data-theme=light]{color-scheme:light;${LIGHT}}
:root[data-theme=dark]{color-scheme:dark;${DARK}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main,header,footer,nav{max-width:1120px;margin:0 auto;padding:0 20px}
header{padding-top:32px}
h1{font-size:30px;line-height:1.2;letter-spacing:-.01em;margin:0;overflow-wrap:anywhere}
h2{font-size:18px;line-height:1.3;margin:0 0 14px}
h3{font-size:15px;margin:20px 0 8px}
p{margin:0 0 10px}
a{color:var(--accent)}
.under{color:var(--muted);margin:6px 0 0}
.under b{color:var(--text);font-weight:600}
.badge{display:inline-block;vertical-align:4px;margin-left:10px;padding:2px 10px;border-radius:999px;background:var(--badge);font-size:13px;font-weight:600;letter-spacing:0;line-height:1.5}
.good{color:var(--gain-text)}
.bad{color:var(--loss-text)}
.warn{color:var(--warn)}
.why{margin:10px 0 0;max-width:80ch}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(140px,1fr));margin:22px 0 0;padding:0;background:var(--card);border:1px solid var(--edge);border-radius:12px;overflow:hidden}
.tiles div{padding:12px 16px;box-shadow:1px 0 var(--edge),0 1px var(--edge);min-width:0}
.tiles dt{font-size:13px;color:var(--muted);white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.tiles dd{margin:0;font-size:20px;font-weight:600;letter-spacing:-.01em}
.tiles dd.none{font-size:14px;font-weight:400;color:var(--muted);line-height:30px}
nav{margin-top:16px;font-size:14px}
nav ul{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;margin:0;padding:0}
nav a{text-decoration:none}
nav a:hover,nav a:focus-visible{text-decoration:underline}
section{background:var(--card);border:1px solid var(--edge);border-radius:12px;padding:20px;margin:18px 0;scroll-margin-top:12px;min-width:0}
figure{margin:0 0 6px;min-width:0}
figure+figure,details+figure{margin-top:18px}
figcaption{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 14px;margin-bottom:6px}
figcaption b{font-weight:600}
.readout{color:var(--muted);font-size:13px}
.toolbar{display:flex;flex-wrap:wrap;align-items:center;gap:6px;margin-bottom:14px;font-size:13px;color:var(--muted)}
.toolbar[hidden]{display:none}
.toolbar output{margin-left:6px}
.toolbar .keys{margin-left:auto}
button{font:inherit;font-size:13px;color:var(--text);background:transparent;border:1px solid var(--edge);border-radius:7px;padding:2px 10px;cursor:pointer}
button:hover{border-color:var(--muted)}
button[aria-pressed=true]{background:var(--badge);border-color:var(--muted)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
.static{display:grid;grid-template-columns:56px minmax(0,1fr);padding-right:20px}
.static svg{display:block;overflow:visible}
.static .plot{width:100%;overflow:hidden}
.static .axis-x{grid-column:2;width:100%}
.static text{fill:var(--muted);font-size:12px}
.static path{fill:none;vector-effect:non-scaling-stroke}
.static .grid{stroke:var(--grid)}
.static .zero{stroke:var(--zero)}
.static .line{stroke-width:1.5;stroke-linejoin:round}
.static .line.accent{stroke:var(--accent)}
.static .line.loss{stroke:var(--loss)}
.static .line.muted{stroke:var(--line-muted)}
.static .line.other{stroke:var(--other)}
.static .line.dashed{stroke-dasharray:7 4}
.swatch{vertical-align:middle}
.swatch .line{fill:none;stroke:var(--accent);stroke-width:2.5}
.swatch .other{stroke:var(--other)}
.swatch .dashed{stroke-dasharray:7 4}
.static .area{fill-opacity:.18}
.static .area.accent{fill:var(--accent)}
.static .area.loss{fill:var(--loss)}
.static .area.muted{fill:var(--line-muted)}
.static .held.long{fill:var(--held-long)}
.static .held.short{fill:var(--held-short)}
.static .entry,.static .exit{stroke-width:7;stroke-linecap:round}
.static .entry{stroke:var(--entry)}
.static .exit{stroke:var(--exit);stroke-linecap:square;stroke-width:6}
.alive .static{display:none}
.live{min-width:0;overflow:hidden}
.live .u-select{background:var(--accent);opacity:.16}
.live .u-hz .u-cursor-x{border-right:1px dashed var(--muted)}
.scroll{overflow-x:auto;margin:0 -6px;padding:0 6px}
table{border-collapse:collapse;width:100%;font-size:14px}
caption{text-align:left;color:var(--muted);font-size:13px;padding-bottom:6px}
th,td{padding:5px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--edge)}
th:first-child,td:first-child{padding-left:4px}
th{font-weight:600}
thead th:first-child{text-align:left}
thead th{color:var(--muted);font-size:13px;font-weight:500;vertical-align:bottom}
tbody tr:last-child>*{border-bottom:0}
.left{text-align:left}
th[scope=row]{text-align:left;font-weight:500;position:sticky;left:-6px;background:var(--card)}
.wrap{white-space:normal;min-width:180px}
td .bar{display:inline-block;vertical-align:middle;width:100%;min-width:110px;max-width:340px;height:10px;overflow:hidden;border-radius:3px}
.bar .fees{fill:var(--accent)}
.bar .slippage{fill:var(--loss)}
.key{display:inline-block;width:10px;height:10px;border-radius:2px;margin:0 5px 0 10px}
.key.fees{background:var(--accent)}
.key.slippage{background:var(--loss)}
.heatmap{border-collapse:separate;border-spacing:2px}
.heatmap th,.heatmap td{border:0;border-radius:4px;padding:4px 6px;text-align:center}
.heatmap thead th:first-child,.heatmap tbody th{color:var(--muted);text-align:left;padding-left:4px}
.heatmap .total{font-weight:600;text-align:right;padding-left:12px}
.gain-1{background:var(--g1)}.gain-2{background:var(--g2)}.gain-3{background:var(--g3)}.gain-4{background:var(--g4)}.gain-5{background:var(--g5);color:var(--on-strong)}
.loss-1{background:var(--l1)}.loss-2{background:var(--l2)}.loss-3{background:var(--l3)}.loss-4{background:var(--l4)}.loss-5{background:var(--l5);color:var(--on-strong)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
details{margin:10px 0}
section>:last-child,figure>:last-child{margin-bottom:0}
summary{cursor:pointer;color:var(--accent);font-size:14px}
details>.scroll,details>table{margin-top:8px}
th details{margin:0}
th details summary{color:inherit;font-size:inherit;list-style-position:outside;margin-left:14px}
th details summary::marker{color:var(--muted)}
th details div{margin:4px 0 4px 14px;max-width:52ch;white-space:normal;font-weight:400;color:var(--muted)}
.sum>*{font-weight:600}
.tall{max-height:440px;overflow:auto}
.tall thead th{position:sticky;top:0;background:var(--card)}
.empty{color:var(--muted);margin:0}
.notes{margin:0;padding-left:20px}
.notes li{margin:4px 0;overflow-wrap:anywhere}
.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 20px;margin:0}
.facts dt{color:var(--muted)}
.facts dd{margin:0;overflow-wrap:anywhere}
code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
pre{margin:14px 0 0;padding:12px 14px;background:var(--badge);border-radius:8px;white-space:pre-wrap;overflow-wrap:anywhere}
footer{color:var(--muted);font-size:13px;padding-bottom:40px}
@media (max-width:560px){body{font-size:14px}main,header,footer,nav{padding-left:12px;padding-right:20px}header{padding-top:20px}h1{font-size:24px}section{padding:14px 12px;border-radius:10px}.tiles{grid-template-columns:repeat(2,1fr)}.tiles dd{font-size:18px}.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:8px}.toolbar .keys{display:none}.static .axis-x text:nth-child(even){display:none}}
@media print{:root{color-scheme:light;--page:#fff}body{font-size:11px}section{break-inside:avoid-page;border-color:#ccc}.alive .static{display:grid}.live,.toolbar,nav{display:none}.tall{max-height:none}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`.trim();

import type { Tearsheet } from "../tearsheet.ts";
import { type Html, html } from "./html.ts";
import { empty } from "./table.ts";
import { instantName } from "./words.ts";

export function notesSection({ view: { run, decision } }: Tearsheet): Html {
  const notes = [...run.notes, ...(decision?.notes ?? [])];
  return html`<section id="notes"><h2>Notes</h2>${
    notes.length === 0
      ? empty("Nothing out of the ordinary happened in this run.")
      : html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`
  }</section>`;
}

/** What it takes to have every number again. */
export function provenanceSection({ view }: Tearsheet): Html {
  const { evalKey, version, params, engine, dataset, identity, trials, command, world, decision } = view;
  const facts: [string, Html | string][] = [
    ["World", decision === undefined ? world : `${world}, decided at revision ${decision.revision}`],
    ["Evaluation", html`<code>${evalKey}</code>`],
    ["Version", html`<code>${version}</code>`],
    [
      "Params",
      html`<code>${
        Object.entries(params)
          .map(([name, value]) => `${name}=${value}`)
          .join(" ") || "none"
      }</code>`,
    ],
    ["Dataset fingerprint", html`<code>${dataset.fingerprint}</code>`],
    ["Dataset commit", dataset.commit === undefined ? "none" : html`<code>${dataset.commit}</code>`],
    [
      "Known as of",
      `${dataset.asOf === undefined ? "unknown" : instantName(dataset.asOf)}${dataset.pointInTime ? "" : "; the source keeps no revisions, so it is cut by event time"}`,
    ],
    ["Engine", html`<code>${engine}</code>`],
    [
      "Identity of the code",
      identity === "file" ? "proven from its file" : "an object of a process: nothing vouches for its code",
    ],
    ["Trials in the ledger", String(trials)],
  ];
  return html`<section id="provenance"><h2>Provenance</h2>
<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${command === undefined ? undefined : html`<pre aria-label="To have it again"><code>${command}</code></pre>`}</section>`;
}

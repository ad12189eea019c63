import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { type ExtensionContext, Uri, ViewColumn, window, workspace } from "vscode";
import { offerProject } from "./new-project.ts";
import type { ProjectServer } from "./project-server.ts";
import type { Projects } from "./projects.ts";
import { TEMPLATES, type Template, templateText } from "./template-list.ts";

/** A new file from a template, unsaved: the author keeps it or not. */
export async function newStrategy(context: Pick<ExtensionContext, "asAbsolutePath">, known: Projects): Promise<void> {
  const project = await chooseProject(known, "New Strategy: its project");
  if (project === undefined) return;
  const chosen = await window.showQuickPick(
    TEMPLATES.map((template) => ({ label: template.label, detail: template.detail, template })),
    { title: "New Strategy from Template", placeHolder: "What it does", matchOnDetail: true },
  );
  if (chosen === undefined) return;
  const { template } = chosen;
  const name = await window.showInputBox({
    title: "New Strategy",
    prompt: "Its name: lower-case words joined by dashes",
    value: `my-${template.id}`,
    validateInput: (text) =>
      /^[a-z0-9][a-z0-9-]*$/.test(text) ? undefined : "Use lower-case letters, digits and dashes.",
  });
  if (name === undefined) return;
  const text = (file: string): string => readFileSync(context.asAbsolutePath(`templates/${file}`), "utf8");
  const file = Uri.file(`${project.root}/strategies/${name}.ts`);
  if (await exists(file)) {
    await window.showTextDocument(file);
    void window.showWarningMessage(`There is a strategies/${name}.ts already: this is it.`);
    return;
  }
  const document = await workspace.openTextDocument(file.with({ scheme: "untitled" }));
  const editor = await window.showTextDocument(document, ViewColumn.Active);
  await editor.edit((edit) =>
    edit.insert(document.positionAt(0), templateText(text(`${template.id}.ts`), template, name)),
  );
  if (template.world !== undefined) await offerWorld(project, template, text(`${template.world}.yml`));
}

/** The project of the workspace, where there is one; else a person chooses, or makes one. */
export async function chooseProject(known: Projects, title: string): Promise<ProjectServer | undefined> {
  const all = known.all();
  if (all.length === 0) await offerProject("There is no project here yet.");
  if (all.length < 2) return all[0];
  const items = all.map((project) => ({ label: basename(project.root), description: project.root, project }));
  return (await window.showQuickPick(items, { title }))?.project;
}

/** A world that has the template's data, unless there is one of that name. */
async function offerWorld({ root }: ProjectServer, { label, world }: Template, text: string): Promise<void> {
  const file = Uri.file(`${root}/worlds/${world}.yml`);
  if (await exists(file)) return;
  const make = `Make worlds/${world}.yml`;
  const says = `${label} compares symbols. The sample world "${world}" has five of them, offline.`;
  if ((await window.showInformationMessage(says, make)) !== make) return;
  await workspace.fs.writeFile(file, new TextEncoder().encode(text));
}

async function exists(file: Uri): Promise<boolean> {
  return workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
}

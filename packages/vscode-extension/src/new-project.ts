import {
  commands,
  type Disposable,
  ShellExecution,
  Task,
  type TaskEndEvent,
  TaskPanelKind,
  TaskRevealKind,
  tasks,
  Uri,
  type WorkspaceFolder,
  window,
  workspace,
} from "vscode";
import { hasPackages, ServerUnavailable } from "./project-server.ts";

const MAKE = "New Project";
const INSTALL = "Install Packages";

/**
 * Makes a project as `qmtl init` does, in a terminal: in a folder of the workspace when it is empty, else in a new one below.
 *
 * @param installed called when its packages were installed as well
 */
export async function newProject(installed: () => Promise<void>): Promise<void> {
  const parent = await chooseFolder();
  const name = parent && (await chooseName(parent));
  if (parent === undefined || name === undefined) return;
  if (!(await runInTerminal(MAKE, parent, "npx", ["@qmtl/cli", "init", name]))) {
    void window.showWarningMessage("No project was made: the terminal says why.");
    return;
  }
  const root = Uri.joinPath(parent.uri, name);
  await window.showTextDocument(Uri.joinPath(root, "strategies/sma-cross.ts"));
  if (hasPackages(root.fsPath)) return;
  const says = "The project is made. Before anything of it runs, its packages have to be installed.";
  if ((await window.showInformationMessage(says, INSTALL)) === INSTALL) await installPackages(root.fsPath, installed);
}

/** Installs what a project's `package.json` names, in a terminal. */
export async function installPackages(root: string, installed: () => Promise<void>): Promise<void> {
  const folder = workspace.getWorkspaceFolder(Uri.file(root));
  if (folder === undefined) return;
  if (await runInTerminal(INSTALL, folder, "npm", ["install"], root)) await installed();
  else void window.showWarningMessage("The packages were not installed: the terminal says why.");
}

/** Says what is missing, and offers a project where there is none. */
export async function offerProject(text: string): Promise<void> {
  if ((await window.showWarningMessage(text, MAKE)) === MAKE) await commands.executeCommand("qmtl.newProject");
}

async function chooseFolder(): Promise<WorkspaceFolder | undefined> {
  const [first, second] = workspace.workspaceFolders ?? [];
  if (second !== undefined)
    return window.showWorkspaceFolderPick({ placeHolder: "New Project: the folder it goes to" });
  if (first === undefined) await commands.executeCommand("workbench.action.files.openFolder");
  return first;
}

/** Of the new folder; `.` for one that is empty. */
async function chooseName({ uri }: WorkspaceFolder): Promise<string | undefined> {
  const taken = new Set((await workspace.fs.readDirectory(uri)).map(([name]) => name));
  if (taken.size === 0) return ".";
  return window.showInputBox({
    title: MAKE,
    prompt: "The folder's name: it is made here, since this folder holds something already",
    value: "my-project",
    validateInput(text) {
      if (!/^[a-z0-9][a-z0-9-]*$/.test(text)) return "Use lower-case letters, digits and dashes.";
      return taken.has(text) ? `There is a ${text} already.` : undefined;
    },
  });
}

/** Runs a command where a person sees it, can answer what it asks and end it. Whether it ended well. */
async function runInTerminal(
  name: string,
  folder: WorkspaceFolder,
  command: string,
  words: string[],
  cwd: string = folder.uri.fsPath,
): Promise<boolean> {
  if (!workspace.isTrusted) throw new ServerUnavailable("Trust this workspace first: nothing runs in it until then.");
  const task = new Task({ type: "qmtl" }, folder, name, "QMTL", new ShellExecution(command, words, { cwd }), []);
  task.presentationOptions = { reveal: TaskRevealKind.Always, focus: true, panel: TaskPanelKind.Shared };
  const listening: Disposable[] = [];
  const ended = new Promise<number | undefined>((resolve) => {
    let code: number | undefined;
    const isMine = ({ execution }: TaskEndEvent): boolean => execution.task.name === name;
    listening.push(
      tasks.onDidEndTaskProcess((end) => {
        if (isMine(end)) code = end.exitCode;
      }),
      // Comes after that; a task whose terminal was closed has no other end.
      tasks.onDidEndTask((end) => isMine(end) && resolve(code)),
    );
  });
  try {
    await tasks.executeTask(task);
    return (await ended) === 0;
  } finally {
    for (const one of listening) one.dispose();
  }
}

import { dirname, sep } from "node:path";
import { commands, type Disposable, EventEmitter, type LogOutputChannel, type Uri, workspace } from "vscode";
import { createProjectServer, type ProjectServer } from "./project-server.ts";

const CONFIG = "**/qmtl.config.{ts,mts,js,mjs}";

/** The projects of the workspace: the folders of `qmtl.config.*`, each with a server of its own. */
export interface Projects extends Disposable {
  /** The workspace was looked through. */
  readonly ready: Promise<void>;
  all(): readonly ProjectServer[];
  /** The nearest project at or above a file. */
  of(uri: Uri): ProjectServer | undefined;
  readonly onChange: EventEmitter<void>["event"];
  /** The server of a project started or ended. */
  readonly onState: EventEmitter<void>["event"];
  restart(): Promise<void>;
  close(): Promise<void>;
}

export function findProjects(output: LogOutputChannel, version: string): Projects {
  const servers = new Map<string, ProjectServer>();
  const changed = new EventEmitter<void>();
  const states = new EventEmitter<void>();
  const node = (): string => workspace.getConfiguration("qmtl").get<string>("node") || process.execPath;
  const look = async (): Promise<void> => {
    const found = await workspace.findFiles(CONFIG, "**/node_modules/**");
    const roots = new Set(found.map(({ fsPath }) => dirname(fsPath)));
    for (const root of roots) {
      if (servers.has(root)) continue;
      const server = createProjectServer(root, { node, output, version });
      server.onState(() => states.fire());
      servers.set(root, server);
    }
    for (const [root, server] of servers)
      if (!roots.has(root)) {
        servers.delete(root);
        void server.dispose();
      }
    await commands.executeCommand("setContext", "qmtl.hasProject", servers.size > 0);
    changed.fire();
  };
  const watcher = workspace.createFileSystemWatcher(CONFIG);
  const watching = [
    watcher,
    watcher.onDidCreate(look),
    watcher.onDidDelete(look),
    workspace.onDidChangeWorkspaceFolders(look),
  ];
  const ready = look();
  const close = async (): Promise<void> => {
    await Promise.all([...servers.values()].map((server) => server.dispose()));
  };
  return {
    ready,
    all: () => [...servers.values()],
    of: ({ fsPath }) =>
      [...servers.values()]
        .filter(({ root }) => fsPath.startsWith(root + sep))
        .toSorted((a, b) => b.root.length - a.root.length)[0],
    onChange: changed.event,
    onState: states.event,
    restart: async () => {
      await Promise.all([...servers.values()].map((server) => server.restart()));
    },
    close,
    dispose() {
      for (const one of watching) one.dispose();
      changed.dispose();
      states.dispose();
      void close();
    },
  };
}

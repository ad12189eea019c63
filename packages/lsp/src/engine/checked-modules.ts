import type { CheckedModule } from "./module-check.ts";

/** The modules that were checked, by their entries, and which of them read which file. */
export interface CheckedModules {
  get(entry: string): CheckedModule | undefined;
  set(module: CheckedModule): void;
  delete(entry: string): void;
  /** In the order in which they were checked first. */
  entries(): readonly string[];
  /** Entries of the other modules that read a file, in that order too as far as they keep reading it. */
  importersOf(path: string): readonly string[];
  /** Entries of modules with an import that leads to no file. */
  unresolved(): readonly string[];
}

export function createCheckedModules(): CheckedModules {
  const modules = new Map<string, CheckedModule>();
  const importers = new Map<string, Set<string>>();
  const unresolved = new Set<string>();

  function forget({ entry, texts }: CheckedModule, kept: ReadonlyMap<string, string>): void {
    for (const path of texts.keys()) {
      if (kept.has(path)) continue;
      const of = importers.get(path);
      of?.delete(entry);
      if (of?.size === 0) importers.delete(path);
    }
  }

  return {
    get: (entry) => modules.get(entry),
    set(module) {
      const { entry, texts, facts } = module;
      const before = modules.get(entry);
      if (before !== undefined) forget(before, texts);
      modules.set(entry, module);
      for (const path of texts.keys())
        if (path !== entry) importers.set(path, (importers.get(path) ?? new Set()).add(entry));
      if (facts.files.some((file) => file.unresolved.length > 0)) unresolved.add(entry);
      else unresolved.delete(entry);
    },
    delete(entry) {
      const before = modules.get(entry);
      if (before !== undefined) forget(before, new Map());
      unresolved.delete(entry);
      modules.delete(entry);
    },
    entries: () => [...modules.keys()],
    importersOf: (path) => [...(importers.get(path) ?? [])],
    unresolved: () => [...unresolved],
  };
}

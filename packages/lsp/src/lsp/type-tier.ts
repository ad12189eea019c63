import type { After, TypesClient } from "./types-client.ts";
import type { Located } from "./workspace.ts";

/** Asks for types when nobody types, file by file, and brings what they tell to the findings that were published before. */
export interface TypeTier {
  /** Something was edited: what is asked now may be another answer. */
  edited(): void;
  /** The findings of a file were published: types may have more to say. */
  published(at: Located): void;
  dispose(): void;
}

/** As long as people pause between two words. */
const PAUSE_MS = 200;

export interface TypeTierOptions {
  readonly client: TypesClient;
  readonly after: After;
  /** An answer has come: the findings of the file may be others. */
  readonly answered: (at: Located) => void;
}

export function createTypeTier({ client, after, answered }: TypeTierOptions): TypeTier {
  const queue = new Map<string, Located>();
  let pause: (() => void) | undefined;
  let isAsking = false;
  let isGone = false;

  return {
    edited() {
      client.cancel();
      if (queue.size > 0) wait();
    },
    published(at) {
      const { folder, open, analysis } = at.root;
      const key = keyOf(at);
      queue.delete(key);
      if (folder === "" || !open.has(at.path) || !analysis.asksTypes(at.path)) return;
      queue.set(key, at);
      if (!isAsking) wait();
    },
    dispose() {
      isGone = true;
      pause?.();
      queue.clear();
      void client.dispose();
    },
  };

  function wait(): void {
    pause?.();
    pause = after(PAUSE_MS, () => void work());
  }

  async function work(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    for (let [next] = queue; next !== undefined && !isGone; [next] = queue) {
      const [key, at] = next;
      if (!(await ask(key, at))) break;
    }
    isAsking = false;
    if (queue.size > 0 && !isGone) wait();
  }

  /** @returns false when it was called off */
  async function ask(key: string, at: Located): Promise<boolean> {
    const { root, path } = at;
    const text = root.text(path);
    const documents = new Map([...root.open].map(([name, document]) => [name, document.getText()]));
    const answer = await client.ask(root.folder, path, documents);
    if (isGone || answer.kind === "cancelled" || root.text(path) !== text) return false;
    queue.delete(key);
    root.analysis.answerTypes(path, answer.kind === "failed" ? undefined : answer.problems);
    answered(at);
    return true;
  }
}

function keyOf({ root, path }: Located): string {
  return `${root.folder}\n${path}`;
}

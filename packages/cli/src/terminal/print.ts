/** Resolves when the text has left the process: what was printed is acknowledged. A reader that went away wants no more. */
export function print(text: string, stream: NodeJS.WritableStream = process.stdout): Promise<void> {
  return new Promise((resolve, reject) => {
    // The callback has it too; without a listener it would end the process.
    stream.once("error", () => {});
    stream.write(`${text}\n`, (error) => {
      const closed = (error as NodeJS.ErrnoException | null | undefined)?.code === "EPIPE";
      if (error && !closed) reject(error);
      else resolve();
    });
  });
}

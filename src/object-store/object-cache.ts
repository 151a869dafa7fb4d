const MOST_BYTES = 32 * 1024 * 1024;

/** The most recently used contents, up to a fixed number of bytes. */
export class ObjectCache {
  private readonly contents = new Map<string, Buffer>();
  private bytes = 0;

  get(objectId: string): Buffer | undefined {
    const content = this.contents.get(objectId);
    if (content === undefined) return undefined;
    this.contents.delete(objectId); // to the young end
    this.contents.set(objectId, content);
    return content;
  }

  put(objectId: string, content: Buffer): void {
    if (content.length > MOST_BYTES / 4 || this.contents.has(objectId)) return;
    this.contents.set(objectId, content);
    this.bytes += content.length;
    for (const [oldestId, oldest] of this.contents) {
      if (this.bytes <= MOST_BYTES) return;
      this.contents.delete(oldestId);
      this.bytes -= oldest.length;
    }
  }
}

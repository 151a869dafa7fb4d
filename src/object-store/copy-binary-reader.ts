/** Signature (11 bytes), flags and length of the header's extension (4 bytes each, both zero here). */
const HEADER_BYTES = 19;
/** Number of columns (int16) and length of the one column (int32). */
const TUPLE_HEAD_BYTES = 6;
const COLUMN_LENGTH_OFFSET = 2;
const END_OF_DATA = -1;

/** Joins the single bytea column of a binary COPY to one buffer of known length, chunk by chunk. */
export class CopyBinaryReader {
  private readonly content: Buffer;
  private filled = 0;
  private skip = HEADER_BYTES;
  private columnLeft = 0;
  private head: Buffer = Buffer.alloc(0);
  private hasOverflown = false;

  constructor(private readonly size: number) {
    this.content = Buffer.allocUnsafeSlow(size);
  }

  add(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) rest = rest.subarray(this.consume(rest));
  }

  /** The content, or undefined if the rows did not make up the expected length. */
  result(): Buffer | undefined {
    return this.filled === this.size && !this.hasOverflown ? this.content : undefined;
  }

  private consume(bytes: Buffer): number {
    if (this.skip > 0) {
      const skipped = Math.min(this.skip, bytes.length);
      this.skip -= skipped;
      return skipped;
    }
    return this.columnLeft > 0 ? this.fill(bytes) : this.readHead(bytes);
  }

  private fill(bytes: Buffer): number {
    const taken = Math.min(this.columnLeft, bytes.length);
    if (this.filled + taken > this.size) this.hasOverflown = true;
    else bytes.copy(this.content, this.filled, 0, taken);
    this.filled += taken;
    this.columnLeft -= taken;
    return taken;
  }

  private readHead(bytes: Buffer): number {
    const taken = Math.min(TUPLE_HEAD_BYTES - this.head.length, bytes.length);
    this.head = Buffer.concat([this.head, bytes.subarray(0, taken)]);
    if (this.head.length >= COLUMN_LENGTH_OFFSET && this.head.readInt16BE(0) === END_OF_DATA) {
      this.head = Buffer.alloc(0);
      return bytes.length;
    }
    if (this.head.length === TUPLE_HEAD_BYTES) {
      this.columnLeft = this.head.readInt32BE(COLUMN_LENGTH_OFFSET);
      this.head = Buffer.alloc(0);
    }
    return taken;
  }
}

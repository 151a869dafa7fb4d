/** Reads an answer as it passes by. */
export interface AnswerScanner {
  /** Takes the next bytes; true once the answer has ended. */
  scan(bytes: Buffer): boolean;
  /** True if the answer so far carries a message: a refusal does not. */
  readonly hasMessage: boolean;
}

const FRAME_HEAD_BYTES = 9;
const DATA = 0x0;
const HEADERS = 0x1;
const END_STREAM = 0x1;

/** gRPC: the answer ends with the trailers; its message lies in DATA frames. */
export class Http2Scanner implements AnswerScanner {
  hasMessage = false;
  private head = Buffer.alloc(0);
  private bodyBytesLeft = 0;

  scan(bytes: Buffer): boolean {
    let hasEnded = false;
    let rest = bytes;
    while (rest.length > 0) {
      const skipped = Math.min(rest.length, this.bodyBytesLeft);
      this.bodyBytesLeft -= skipped;
      rest = rest.subarray(skipped);
      const wanted = FRAME_HEAD_BYTES - this.head.length;
      this.head = Buffer.concat([this.head, rest.subarray(0, wanted)]);
      rest = rest.subarray(wanted);
      if (this.head.length < FRAME_HEAD_BYTES) break;
      this.bodyBytesLeft = this.head.readUIntBE(0, 3);
      const [type, flags] = [this.head.readUInt8(3), this.head.readUInt8(4)];
      this.hasMessage ||= type === DATA;
      hasEnded ||= type === HEADERS && (flags & END_STREAM) !== 0;
      this.head = Buffer.alloc(0);
    }
    return hasEnded;
  }
}

const END_OF_HEAD = '\r\n\r\n';

/** HTTP/1.1: the answer ends with the last byte that its head announces; a refusal has another status. */
export class Http1Scanner implements AnswerScanner {
  hasMessage = false;
  private received = Buffer.alloc(0);

  scan(bytes: Buffer): boolean {
    this.received = Buffer.concat([this.received, bytes]);
    const headBytes = this.received.indexOf(END_OF_HEAD);
    if (headBytes < 0) return false;
    const head = this.received.toString('latin1', 0, headBytes);
    this.hasMessage = head.startsWith('HTTP/1.1 200 ');
    const length = /^content-length: (\d+)$/im.exec(head)?.[1];
    return this.received.length === headBytes + END_OF_HEAD.length + Number(length);
  }
}

const MEBIBYTE = 1024 * 1024;
const MOST_BYTES = 128 * MEBIBYTE;
/** Heartbeats, polls and confirmations: however many come, they never wait for what is large. */
const SMALL_BYTES = MEBIBYTE / 16;

/** One request, as much of it as has come. */
export interface Body {
  /** More of it has come. False: there is no room for it now, and it is to be refused. */
  grow(bytes: number): boolean;
  /** It is in memory no more; safe to call again. */
  free(): void;
}

/**
 * Counts the bytes of the requests that are being received or in work: what has come, not what was announced, for who
 * announces and sends nothing must shut nobody out. Of those larger than the whole budget there is one at a time, beside
 * all others.
 */
export class BodyBudget {
  private used = 0;
  private giant: Body | undefined;

  constructor(
    private readonly most = MOST_BYTES,
    private readonly small = SMALL_BYTES,
  ) {}

  /** False: a request of so many bytes would be refused before its end, as things are. */
  hasRoomFor(bytes: number): boolean {
    if (bytes <= this.small) return true;
    return bytes > this.most ? this.giant === undefined : this.used + bytes <= this.most;
  }

  open(): Body {
    let received = 0;
    let counted = 0;
    const count = (bytes: number): void => {
      this.used += bytes - counted;
      counted = bytes;
    };
    const body: Body = {
      grow: (bytes) => {
        received += bytes;
        if (received <= this.small || this.giant === body) return true;
        if (received > this.most) {
          if (this.giant !== undefined) return false;
          this.giant = body;
          count(0);
          return true;
        }
        if (this.used - counted + received > this.most) return false;
        count(received);
        return true;
      },
      free: () => {
        count(0);
        if (this.giant === body) this.giant = undefined;
      },
    };
    return body;
  }
}

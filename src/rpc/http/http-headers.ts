import type { IncomingMessage } from 'node:http';

import type { CallHeaders } from '../rpc-call';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** HTTP headers behind the common face; binary ones travel as standard base64. */
export class HttpHeaders implements CallHeaders {
  constructor(private readonly request: IncomingMessage) {}

  text(name: string): readonly string[] {
    return this.request.headersDistinct[name] ?? [];
  }

  binary(name: string): readonly Buffer[] {
    return this.text(name)
      .filter((value) => BASE64.test(value))
      .map((value) => Buffer.from(value, 'base64'));
  }
}

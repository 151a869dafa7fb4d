/**
 * Calls over HTTP/1.1 whose bytes were made before, for loads of thousands of clients beside the server that they load:
 * they leave it more of the cores than `node:http` does. Understands what a replica answers, which always tells its length.
 */
import { connect } from 'node:net';

import { headersOf, routeOf } from './http-calls.mjs';

const HEAD_END = '\r\n\r\n';

/** The message of what is rejected for want of an answer in time. */
export const LATE = 'not answered in time';

/** A call as it goes over the wire. */
export function prepareCall({ path, requestSerialize }, request, headers) {
  const body = requestSerialize(request);
  const lines = [
    `POST ${routeOf(path)} HTTP/1.1`,
    'host: superlink',
    'content-type: application/protobuf',
    `content-length: ${body.length}`,
    ...Object.entries(headersOf(headers)).map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.concat([Buffer.from(lines.join('\r\n') + HEAD_END), body]);
}

/** The status of an answer that is here as a whole, else nothing. */
function statusOf(answer) {
  const end = answer.indexOf(HEAD_END);
  if (end === -1) return undefined;
  const head = answer.toString('latin1', 0, end);
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
  return answer.length < end + HEAD_END.length + length ? undefined : Number(head.slice(9, 12));
}

/** One client, which keeps its connections open and has one for each of the calls that it makes at the same time. */
export class PreparedClient {
  constructor(address) {
    [this.host, this.port] = address.split(':');
    this.idle = [];
  }

  /**
   * Rejects unless the status is 200; with the status in its message if there is one. After `patienceMs` without an answer
   * it closes the connection and rejects, too.
   */
  send(call, patienceMs) {
    const socket = this.idle.pop() ?? connect({ host: this.host, port: Number(this.port) });
    return new Promise((resolve, reject) => {
      let answer = Buffer.alloc(0);
      const late = setTimeout(() => {
        finish(reject, new Error(LATE));
        socket.destroy();
      }, patienceMs);
      const finish = (act, value) => {
        clearTimeout(late);
        socket.removeAllListeners();
        socket.on('error', () => {}); // what was asked for has come
        act(value);
      };
      const lost = (error) => finish(reject, error ?? new Error('ECONNRESET'));
      socket.on('error', lost).on('close', () => lost());
      socket.on('data', (bytes) => {
        answer = answer.length === 0 ? bytes : Buffer.concat([answer, bytes]);
        const status = statusOf(answer);
        if (status === undefined) return;
        this.#keep(socket, answer);
        if (status === 200) finish(resolve);
        else finish(reject, new Error(`: ${status} `));
      });
      socket.write(call);
    });
  }

  /** Cuts the connections that it keeps. */
  close() {
    for (const socket of this.idle.splice(0)) socket.destroy();
  }

  #keep(socket, answer) {
    if (/connection: close/i.test(answer.toString('latin1'))) socket.destroy();
    else this.idle.push(socket);
  }
}

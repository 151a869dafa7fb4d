import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import { Socket } from 'node:net';

import { isOld, watchConnectionAge } from './connection-age';

const AGE_SECONDS = 300;
const CONNECTED_AT = 1_000_000;
const MANY = 1_000;

describe('the age of a connection', () => {
  const now = vi.spyOn(performance, 'now');
  const random = vi.spyOn(Math, 'random');
  let server: Server;

  beforeEach(() => {
    server = new EventEmitter() as Server;
    now.mockReturnValue(CONNECTED_AT);
  });
  afterAll(() => {
    vi.restoreAllMocks();
  });

  /** A connection whose age is drawn by `drawn`, from 0 to below 1. */
  function connectAt(drawn: number, event = 'connection'): Socket {
    const socket = new Socket();
    random.mockReturnValue(drawn);
    server.emit(event, socket);
    return socket;
  }

  /** How many of them are old when they have lasted for this part of the age that was set. */
  function countOld(sockets: readonly Socket[], part: number): number {
    now.mockReturnValue(CONNECTED_AT + part * AGE_SECONDS * 1_000);
    return sockets.filter(isOld).length;
  }

  it('is the one that was set, give or take 10 %', () => {
    watchConnectionAge(server, AGE_SECONDS);
    const sockets = Array.from({ length: MANY }, (_, index) => connectAt(index / MANY));
    const olds = [0.89, 0.95, 1, 1.05, 1.11].map((part) => countOld(sockets, part));
    expect(olds[0]).toBe(0);
    expect(olds[4]).toBe(MANY);
    for (const [quarters, old] of olds.entries()) {
      expect(Math.abs(old - (MANY * quarters) / 4)).toBeLessThan(2);
    }
  });

  it('differs between connections that were made together', () => {
    watchConnectionAge(server, AGE_SECONDS);
    const [one, other] = [connectAt(0.3), connectAt(0.7)];
    expect([one, other].map((socket) => countOld([socket], 1))).toEqual([1, 0]);
  });

  it('counts from its beginning, and over TLS for the socket that requests know', () => {
    watchConnectionAge(server, AGE_SECONDS);
    const early = connectAt(0.5, 'secureConnection');
    now.mockReturnValue(CONNECTED_AT + 200_000);
    const late = connectAt(0.5, 'secureConnection');
    expect([early, late].map((socket) => countOld([socket], 1.2))).toEqual([1, 0]);
  });

  it('is of no matter where none was set', () => {
    watchConnectionAge(server, 0);
    const sockets = [connectAt(0), connectAt(0.5, 'secureConnection')];
    expect(countOld(sockets, 1_000_000)).toBe(0);
  });
});

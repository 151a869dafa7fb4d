import type { Response } from 'express';

const FRAME_HEAD_BYTES = 4;

/** The headers of a unary answer; its body is the message, without a frame. */
export function announceMessage(response: Response): void {
  response.setHeader('content-type', 'application/protobuf');
  response.setHeader('cache-control', 'no-store'); // answers may hold tokens
}

/** Sends status and headers of a stream, at once: clients wait for them before they read. */
export function beginStream(response: Response): void {
  response.setHeader('content-type', 'application/flower-protobuf-stream');
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-accel-buffering', 'no'); // nginx would collect frames
  response.flushHeaders();
}

/** A message of a stream: its length in four bytes, big-endian, and its bytes. */
export function frameOf(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + message.length);
  frame.writeUInt32BE(message.length);
  frame.set(message, FRAME_HEAD_BYTES);
  return frame;
}

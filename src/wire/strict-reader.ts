import { BinaryReader } from '@bufbuild/protobuf/wire';

/** Reads a message as Python's protobuf does: throws at text that is no UTF-8, where generated code would mend it. */
export class StrictReader extends BinaryReader {
  override string(): string {
    return super.string(true);
  }
}

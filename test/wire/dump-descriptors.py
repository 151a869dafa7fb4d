"""Write the descriptors inside a flwr wheel to stdout, as one serialized FileDescriptorSet.

Usage: dump-descriptors.py WHEEL

The package is read, never imported or installed: each generated module hands its file descriptor,
already serialized, to AddSerializedFile as a bytes literal. Needs the standard library only.
"""

import ast
import sys
import zipfile


def serialized_file(source):
    """The bytes that a generated module registers."""
    literals = [
        call.args[0].value
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "AddSerializedFile"
    ]
    (literal,) = literals
    return literal


def varint(number):
    """A number as protobuf writes lengths."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def main(wheel_path):
    """Join all files of the wheel: field 1 of a FileDescriptorSet is the list of its files."""
    with zipfile.ZipFile(wheel_path) as wheel:
        modules = [
            name
            for name in wheel.namelist()
            if name.startswith("flwr/proto/") and name.endswith("_pb2.py")
        ]
        if not modules:
            sys.exit(f"{wheel_path} holds no generated modules under flwr/proto/")
        for name in sorted(modules):
            content = serialized_file(wheel.read(name))
            sys.stdout.buffer.write(b"\x0a" + varint(len(content)) + content)


if __name__ == "__main__":
    main(sys.argv[1])

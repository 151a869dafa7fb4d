import type {
  DescriptorProto,
  EnumDescriptorProto,
  FieldDescriptorProto,
  FileDescriptorProto,
  FileDescriptorSet,
  ServiceDescriptorProto,
} from '@bufbuild/protobuf/wkt';
import { FieldDescriptorProto_Label, FieldDescriptorProto_Type } from '@bufbuild/protobuf/wkt';

/** All that decides about the bytes, one line for each message, field, enum value and method. */
export type WireForm = Map<string, string>;

const NOT_PACKABLE: ReadonlySet<FieldDescriptorProto_Type> = new Set([
  FieldDescriptorProto_Type.STRING,
  FieldDescriptorProto_Type.BYTES,
  FieldDescriptorProto_Type.MESSAGE,
  FieldDescriptorProto_Type.GROUP,
]);

/** Lays descriptors out flat, so that two sets can be compared whatever files they are cut into. */
export function wireFormOf(set: FileDescriptorSet): WireForm {
  const form: WireForm = new Map();
  for (const file of set.file) {
    for (const message of file.messageType) {
      addMessage(form, file, `${file.package}.`, message);
    }
    for (const enumeration of file.enumType) {
      addEnum(form, `${file.package}.`, enumeration);
    }
    for (const service of file.service) {
      addService(form, `${file.package}.`, service);
    }
  }
  return form;
}

/**
 * Names what one wire form holds and another lacks or holds differently.
 *
 * What only the second one holds is no difference: ours is a union of releases.
 */
export function differences(theirs: WireForm, ours: WireForm): string[] {
  return [...theirs]
    .filter(([key, line]) => ours.get(key) !== line)
    .map(([key, line]) => `${key}: theirs ${line}, ours ${ours.get(key) ?? 'missing'}`);
}

function addMessage(
  form: WireForm,
  file: FileDescriptorProto,
  scope: string,
  message: DescriptorProto,
): void {
  const name = `${scope}${message.name}`;
  form.set(`message ${name}`, JSON.stringify({ map: message.options?.mapEntry ?? false }));
  for (const field of message.field) {
    form.set(`field ${name} ${field.number}`, describeField(file, message, field));
  }
  for (const nested of message.nestedType) {
    addMessage(form, file, `${name}.`, nested);
  }
  for (const enumeration of message.enumType) {
    addEnum(form, `${name}.`, enumeration);
  }
}

function describeField(
  file: FileDescriptorProto,
  message: DescriptorProto,
  field: FieldDescriptorProto,
): string {
  // proto3 keeps an optional field in a oneof of its own, which has no meaning on the wire.
  const inOneof = Object.hasOwn(field, 'oneofIndex') && !field.proto3Optional;
  return JSON.stringify({
    name: field.name,
    label: FieldDescriptorProto_Label[field.label],
    type: FieldDescriptorProto_Type[field.type],
    typeName: field.typeName,
    optional: field.proto3Optional,
    oneof: inOneof ? message.oneofDecl[field.oneofIndex]?.name : null,
    packed: isPacked(file, field),
  });
}

function isPacked(file: FileDescriptorProto, field: FieldDescriptorProto): boolean {
  const packable =
    field.label === FieldDescriptorProto_Label.REPEATED && !NOT_PACKABLE.has(field.type);
  const chosen =
    field.options && Object.hasOwn(field.options, 'packed') ? field.options.packed : undefined;
  return packable && (chosen ?? file.syntax === 'proto3');
}

function addEnum(form: WireForm, scope: string, enumeration: EnumDescriptorProto): void {
  for (const value of enumeration.value) {
    form.set(`enum ${scope}${enumeration.name} ${value.number}`, value.name);
  }
}

function addService(form: WireForm, scope: string, service: ServiceDescriptorProto): void {
  const name = `${scope}${service.name}`;
  form.set(`service ${name}`, '');
  for (const method of service.method) {
    const line = JSON.stringify({
      request: method.inputType,
      response: method.outputType,
      clientStreaming: method.clientStreaming,
      serverStreaming: method.serverStreaming,
    });
    form.set(`method ${name}/${method.name}`, line);
  }
}

import { clone } from '@bufbuild/protobuf';
import {
  type DescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  type FileDescriptorSet,
  FileDescriptorSetSchema,
  type ServiceDescriptorProto,
} from '@bufbuild/protobuf/wkt';

import { ourDescriptors, releasedDescriptors } from './descriptor-sources';
import { differences, type WireForm, wireFormOf } from './wire-form';

const RELEASES = ['1.31.0', '1.33.0', '1.36.0', '1.39.0', '1.41.0'];
const DOWNLOAD_TIMEOUT_MS = 180_000;

/** What no SuperLink serves: the SuperNode's own API, and the first protocol's bidirectional stream. */
const NOT_SERVED =
  /^\w+ flwr\.proto\.(ClientAppIo|FlowerService|ClientMessage|ServerMessage|Parameters|Status|Code|Reason|ObjectIDs)\b/;

/** Where releases disagree among themselves: their older form, and what differs from ours. */
const OLDER_FORMS: Record<string, { until: string; ours: string; theirs: string }> = {
  'field flwr.proto.Run 16': {
    until: '1.31.0',
    ours: '"name":"primary_task_type"',
    theirs: '"name":"run_type"',
  },
  'field flwr.proto.GetNodesResponse 1': {
    until: '1.36.0',
    ours: '"typeName":".flwr.proto.NodeInfo"',
    theirs: '"typeName":".flwr.proto.Node"',
  },
};

function served(form: WireForm): WireForm {
  return new Map([...form].filter(([key]) => !NOT_SERVED.test(key)));
}

function ourFormAsOf(version: string, ours: WireForm): WireForm {
  const form = new Map(ours);
  for (const [key, change] of Object.entries(OLDER_FORMS)) {
    if (RELEASES.indexOf(version) <= RELEASES.indexOf(change.until)) {
      form.set(key, (ours.get(key) ?? '').replace(change.ours, change.theirs));
    }
  }
  return form;
}

describe('our wire form', () => {
  const descriptors = ourDescriptors();
  const ours = wireFormOf(descriptors);

  it.each(RELEASES)(
    'holds all that flwr %s can say to a SuperLink, unchanged',
    (version) => {
      const theirs = served(wireFormOf(releasedDescriptors(version)));

      expect([...theirs.keys()]).toEqual(
        expect.arrayContaining([
          'method flwr.proto.Fleet/PullMessages',
          'method flwr.proto.Control/StartRun',
          'message flwr.proto.PullTaskInputResponse',
          'field flwr.proto.ConfigRecordValue 22',
        ]),
      );
      expect(differences(theirs, ourFormAsOf(version, ours))).toEqual([]);
    },
    DOWNLOAD_TIMEOUT_MS,
  );

  it('lets a node in a listing be read as a plain node, as releases before 1.38 do', () => {
    const fieldsOfNode = [...ours].filter(([key]) => key.startsWith('field flwr.proto.Node '));

    expect(fieldsOfNode).not.toEqual([]);
    for (const [key, line] of fieldsOfNode) {
      expect(ours.get(key.replace('.Node ', '.NodeInfo '))).toBe(line);
    }
  });

  it.each(Object.entries(plantedChanges()))('does not pass with %s', (_, plant) => {
    const changed = clone(FileDescriptorSetSchema, descriptors);
    plant(changed);

    expect(differences(ours, wireFormOf(changed))).not.toEqual([]);
  });
});

function plantedChanges(): Record<string, (set: FileDescriptorSet) => void> {
  return {
    'a number changed': (set) => {
      field(set, 'Metadata', 'ttl').number = 70;
    },
    'a name changed': (set) => {
      field(set, 'Metadata', 'ttl').name = 'time_to_live';
    },
    'a type changed': (set) => {
      field(set, 'Scalar', 'sint64').type = FieldDescriptorProto_Type.INT64;
    },
    'another message in a field': (set) => {
      field(set, 'GetRunResponse', 'run').typeName = '.flwr.proto.Task';
    },
    'a list made single': (set) => {
      field(set, 'ObjectTree', 'children').label = FieldDescriptorProto_Label.OPTIONAL;
    },
    'a presence lost': (set) => {
      field(set, 'Task', 'fab_hash').proto3Optional = false;
    },
    'a field taken out of its oneof': (set) => {
      field(set, 'RecordDict.Item', 'array_record').proto3Optional = true;
    },
    'a oneof renamed': (set) => {
      message(set, 'Scalar').oneofDecl.forEach((oneof) => (oneof.name = 'kind'));
    },
    'a map made a list': (set) => {
      message(set, 'Fab.VerificationsEntry').options = undefined;
    },
    'a list unpacked': (set) => {
      for (const file of set.file) {
        file.syntax = 'proto2';
      }
    },
    'a field missing': (set) => {
      message(set, 'Error').field.pop();
    },
    'a message missing': (set) => {
      for (const file of set.file) {
        file.messageType = file.messageType.filter((candidate) => candidate.name !== 'Error');
      }
    },
    'a method missing': (set) => {
      service(set, 'Fleet').method.pop();
    },
    'another request': (set) => {
      method(set, 'Control', 'StartRun').inputType = '.flwr.proto.StopRunRequest';
    },
    'another response': (set) => {
      method(set, 'Control', 'StartRun').outputType = '.flwr.proto.StopRunResponse';
    },
    'a stream made single': (set) => {
      method(set, 'Control', 'StreamLogs').serverStreaming = false;
    },
    'a request made a stream': (set) => {
      method(set, 'Fleet', 'PushObject').clientStreaming = true;
    },
  };
}

function found<T>(thing: T | undefined, name: string): T {
  if (thing === undefined) {
    throw new Error(`no ${name} in our descriptors`);
  }
  return thing;
}

function message(set: FileDescriptorSet, path: string): DescriptorProto {
  const [first, second] = path.split('.');
  const outer = set.file.flatMap((file) => file.messageType).find(({ name }) => name === first);
  const inner = second ? outer?.nestedType.find(({ name }) => name === second) : outer;
  return found(inner, path);
}

function field(set: FileDescriptorSet, path: string, wanted: string) {
  return found(
    message(set, path).field.find(({ name }) => name === wanted),
    `${path}.${wanted}`,
  );
}

function service(set: FileDescriptorSet, wanted: string): ServiceDescriptorProto {
  const services = set.file.flatMap((file) => file.service);
  return found(
    services.find(({ name }) => name === wanted),
    wanted,
  );
}

function method(set: FileDescriptorSet, owner: string, wanted: string) {
  return found(
    service(set, owner).method.find(({ name }) => name === wanted),
    `${owner}/${wanted}`,
  );
}

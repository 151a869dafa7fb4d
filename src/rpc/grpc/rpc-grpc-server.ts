import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { type GrpcOptions, ServerGrpc } from '@nestjs/microservices';
import { GrpcMethodStreamingType } from '@nestjs/microservices/decorators';

import { GrpcAdapterService } from '../../generated/flwr/proto/grpcadapter';
import type { RpcDefinition } from '../rpc.decorator';
import type { RpcMeter } from '../rpc-meter';
import { adapterMethod, type UnaryMethod } from './grpc-adapter';

const [, ADAPTER_SERVICE, SEND_RECEIVE = ''] = GrpcAdapterService.sendReceive.path.split('/');

/** Nest's gRPC server, which has GrpcAdapter's one method done by the handlers of Fleet. */
export class RpcGrpcServer extends ServerGrpc {
  private closing: Promise<void> | undefined;

  constructor(
    settings: GrpcOptions['options'],
    private readonly meter: RpcMeter,
  ) {
    super(settings);
  }

  /** Resolves when calls in flight have ended, whoever asks: gRPC's own second shutdown would not wait for them. */
  override async close(): Promise<void> {
    this.closing ??= super.close();
    return this.closing;
  }

  override async createService(
    grpcService: unknown,
    name: string,
  ): Promise<UntypedServiceImplementation> {
    const service = (await super.createService(grpcService, name)) as UntypedServiceImplementation;
    if (`flwr.proto.${name}` !== ADAPTER_SERVICE) return service;
    const { path } = GrpcAdapterService.sendReceive;
    const sendReceive = adapterMethod(
      (definition) => this.unaryMethod(definition),
      (error) => {
        this.meter.refused({ path, transport: 'grpc-adapter' }, error);
      },
    );
    return { ...service, [SEND_RECEIVE]: sendReceive as UntypedServiceImplementation[string] };
  }

  private unaryMethod({ path }: RpcDefinition): UnaryMethod {
    const [, service = '', method = ''] = path.split('/');
    const noStream = GrpcMethodStreamingType.NO_STREAMING;
    const handler = this.getMessageHandler(service, method, noStream, { path });
    return this.createUnaryServiceMethod(handler) as UnaryMethod;
  }
}

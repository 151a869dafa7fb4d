/** An app that a federation has. */
export interface FederationApp {
  readonly federationId: string;
  /** `@publisher/name` */
  readonly appId: string;
  readonly fabHash: string;
  /** Type of the task that its runs begin with. */
  readonly appType: string;
  readonly displayName: string | undefined;
  readonly description: string | undefined;
  readonly color: string | undefined;
  readonly addedBy: string;
}

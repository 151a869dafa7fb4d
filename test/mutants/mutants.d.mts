export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly project: 'unit' | 'integration' | 'integration-http';
  readonly spec: string;
  readonly test?: string;
}

export declare const MUTANTS: readonly Mutant[];

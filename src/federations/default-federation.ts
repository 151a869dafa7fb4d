/** The one federation of a SuperLink without accounts, named as upstream's open edition names it. */
export const DEFAULT_FEDERATION = '@none/default';

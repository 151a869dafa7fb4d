import { AutomationEntity } from './automation.entity';

/** Entities of this module, for the data source. */
export const AUTOMATION_ENTITIES = [AutomationEntity];

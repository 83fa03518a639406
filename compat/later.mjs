// Public methods that this stage of the server does not have to serve yet, each with its reason.
// A method that is neither listed here nor called by a scenario fails the run, so nothing is forgotten.

const SYNCS = 'needs the sync scheduler';
const RECORDS = 'needs the record store';

export const LATER = {
  triggerSync: SYNCS,
  startSync: SYNCS,
  pauseSync: SYNCS,
  syncStatus: SYNCS,
  updateSyncConnectionFrequency: SYNCS,
  createSyncVariant: SYNCS,
  deleteSyncVariant: SYNCS,
  getRecords: RECORDS,
  listRecords: RECORDS,
  pruneRecords: RECORDS,
  getProviderTemplates: 'needs the template catalogue',
  createQuickstartIntegration: 'needs provider apps owned by the operator',
};

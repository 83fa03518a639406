import type { NangoSync, Issue } from '../../models';

export default async function fetchData(nango: NangoSync): Promise<void> {
  const issues: Issue[] = [{ id: '1', title: 'first' }];
  await nango.batchSave(issues, 'Issue');
}

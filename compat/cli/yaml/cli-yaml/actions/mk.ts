import type { NangoAction, Issue, NewIssue } from '../../models';

export default async function runAction(nango: NangoAction, input: NewIssue): Promise<Issue> {
  await nango.log('makes an issue');
  return { id: '1', title: input.title };
}

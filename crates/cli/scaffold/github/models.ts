import * as z from 'zod';

/** An issue as this project hands it on. */
export const Issue = z.object({
    id: z.string(),
    number: z.number(),
    title: z.string(),
    url: z.string(),
    open: z.boolean()
});

/** An issue as GitHub answers it, as far as it is read here. */
export interface GithubIssue {
    id: number;
    number: number;
    title: string;
    html_url: string;
    state: string;
    updated_at: string;
    /** Pull requests are listed as issues too; this tells them apart. */
    pull_request?: unknown;
}

export function toIssue(issue: GithubIssue): z.infer<typeof Issue> {
    return {
        id: String(issue.id),
        number: issue.number,
        title: issue.title,
        url: issue.html_url,
        open: issue.state === 'open'
    };
}

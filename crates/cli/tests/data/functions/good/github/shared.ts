export function toIssue(raw: { number: number; title: string; body?: string }) {
    return { id: String(raw.number), title: raw.title, body: raw.body };
}

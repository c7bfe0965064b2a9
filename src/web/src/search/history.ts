export interface Asked {
  q: string;
  /** Null where it was held back. */
  cases: number | null;
  at: number;
}

const most = 50;

/** Questions asked before, newest first, per person on this browser. */
export function remember(list: readonly Asked[], asked: Asked): Asked[] {
  if (asked.q.trim() === '') return [...list];
  return [asked, ...list.filter((a) => a.q !== asked.q)].slice(0, most);
}

const key = (kind: 'history' | 'saved', who: string) => `${kind}:${who}`;

export function load(kind: 'history' | 'saved', who: string): Asked[] {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(key(kind, who)) ?? '[]');
    return Array.isArray(read) ? read.filter((a): a is Asked => typeof (a as Asked)?.q === 'string') : [];
  } catch {
    return [];
  }
}

export function keep(kind: 'history' | 'saved', who: string, list: readonly Asked[]) {
  try {
    localStorage.setItem(key(kind, who), JSON.stringify(list));
  } catch {
    // A full or closed storage costs the history, not the work.
  }
}

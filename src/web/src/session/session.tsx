import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useSearchParams } from 'react-router';
import { api, ask, rememberCsrf, whenSignedOut, type Project } from '../api/client';

export interface Session {
  name: string;
  email: string | undefined;
  roles: string[];
}

async function readSession(): Promise<Session | null> {
  const { account, csrfToken } = await ask(api.GET('/session'));
  rememberCsrf(csrfToken ?? undefined);
  // The document says that there always is one; nobody being signed in is said by null.
  const who = account as typeof account | null;
  return who && { name: who.name, email: who.email ?? undefined, roles: who.roles };
}

/** Who is signed in: null for nobody. Tokens stay on the server; the page knows a name and what to send against forged requests. */
export function useSession() {
  const queries = useQueryClient();
  whenSignedOut(() => {
    if (queries.getQueryData(['session']) !== null) queries.setQueryData(['session'], null);
  });
  return useQuery({ queryKey: ['session'], queryFn: readSession, staleTime: 5 * 60_000 });
}

/** Where signing in begins; it ends at the very link that is open now. */
export function signInAddress(path = window.location.pathname + window.location.search): string {
  return `/session/start?return=${encodeURIComponent(path)}`;
}

/** Signs out here and at the provider, and forgets what was typed. */
export async function signOut() {
  const { next } = await ask(api.POST('/session/end', { headers: { Accept: 'application/json' } }));
  sessionStorage.clear();
  window.location.assign(next);
}

/** What the signed-in person may do here. */
export interface Standing {
  projects: Project[];
  project: Project | undefined;
  /** Sent with every question when there is a choice. */
  name: string | undefined;
  /** Nobody's member: feasibility counts only. */
  isExplorer: boolean;
  /** Exact numbers and single cases. */
  records: boolean;
  download: boolean;
  choose: (name: string) => void;
}

/** The project in whose name questions are asked: the one in the address, else the first that is active, else the one whose door is shut. */
export function useStanding(enabled: boolean): { standing: Standing | undefined; error: Error | null } {
  const [search, setSearch] = useSearchParams();
  const { data, error } = useQuery({
    queryKey: ['projects'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/projects', { signal })),
    enabled,
    staleTime: 60_000,
  });
  const choose = useCallback((name: string) => setSearch((old) => (old.set('project', name), old)), [setSearch]);
  if (!data) return { standing: undefined, error };
  const wanted = search.get('project');
  const projects = data.items.filter((p) => p.state !== 'closed');
  const project = projects.find((p) => p.name === wanted) ?? projects.find((p) => p.state === 'active') ?? projects[0];
  return {
    standing: {
      projects,
      project,
      name: project?.name,
      isExplorer: projects.length === 0,
      records: project?.state === 'active' && project.permissions.includes('records'),
      download: project?.state === 'active' && project.permissions.includes('records') && project.permissions.includes('download'),
      choose,
    },
    error,
  };
}

const kept = (key: string) => `draft:${key}`;

/** Typed text outlives the session and the reload that signs in again. */
export const draft = {
  read: (key: string) => read(() => sessionStorage.getItem(kept(key))),
  write: (key: string, text: string) => void read(() => (sessionStorage.setItem(kept(key), text), null)),
  clear: (key: string) => void read(() => (sessionStorage.removeItem(kept(key)), null)),
};

/** Storage may be closed to us; nothing depends on it. */
function read(from: () => string | null): string | null {
  try {
    return from();
  } catch {
    return null;
  }
}

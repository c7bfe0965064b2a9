import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ask, type Suggestion } from './client';

export interface Question {
  release: string;
  project: string | undefined;
  query: string;
}

const body = ({ project, query }: Question) => ({ query, project: project ?? null });
const at = ({ release }: Question) => ({ path: { release } });

export function useReleases(enabled: boolean) {
  return useQuery({ queryKey: ['releases'], queryFn: ({ signal }) => ask(api.GET('/api/v1/releases', { signal })), enabled, staleTime: 5 * 60_000 });
}

/** The four numbers. What was last on the screen stays until the next answer is there. */
export function useCount(question: Question, enabled: boolean) {
  const { i18n } = useTranslation();
  return useQuery({
    queryKey: ['count', question, i18n.language],
    queryFn: ({ signal }) => ask(api.POST('/api/v1/releases/{release}/count', { params: at(question), body: body(question), signal })),
    enabled,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

export function useCharacteristics(question: Question, enabled: boolean, top?: number) {
  const { i18n } = useTranslation();
  return useQuery({
    queryKey: ['characterise', question, i18n.language, top],
    queryFn: ({ signal }) => ask(api.POST('/api/v1/releases/{release}/characterise', { params: at(question), body: { ...body(question), top: top ?? null }, signal })),
    enabled,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

const known = new Map<string, Promise<Suggestion[]>>();

/** Ways to go on writing; asked once for each text. */
export function suggestionsFor(language: string, release: string, project: string | undefined) {
  return (text: string, caret: number): Promise<Suggestion[]> => {
    const key = [language, release, project, caret, text].join('\u0000');
    const found = known.get(key) ?? ask(api.GET('/api/v1/suggest', { params: { query: { Q: text, Caret: caret, Release: release, Project: project } } })).then((a) => a.suggestions);
    if (known.size > 500) known.clear();
    known.set(key, found);
    found.catch(() => known.delete(key));
    return found;
  };
}

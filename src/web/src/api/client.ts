import createClient, { type Middleware } from 'openapi-fetch';
import i18n from 'i18next';
import type { components, paths } from './schema';

/** The document marks members as optional that are always written; those that may be null may also be left out. */
export type Whole<T> = T extends (infer I)[] ? Whole<I>[]
  : T extends object ? { [K in keyof T as null extends T[K] ? never : K]-?: Whole<T[K]> } & { [K in keyof T as null extends T[K] ? K : never]?: Whole<T[K]> }
  : T;

type Schemas = components['schemas'];
export type CountAnswer = Whole<Schemas['CountCasesAnswer']>;
export type CharacteriseAnswer = Whole<Schemas['CharacteriseCohortAnswer']>;
export type Panel = Whole<Schemas['CharacteristicPanel']>;
export type Row = Whole<Schemas['CharacteristicRow']>;
export type Suggestion = Whole<Schemas['SuggestItem']>;
export type Project = Whole<Schemas['ProjectResponse']>;
export type Release = Whole<Schemas['ReleaseResponse']>;
export type CaseList = Whole<Schemas['ListCasesAnswer']>;
export type CaseColumn = Whole<Schemas['CaseColumn']>;
export type ExportStatus = Whole<Schemas['ExportStatus']>;
export type ExportManifest = Whole<Schemas['ExportManifest']>;
export type FieldLabels = Whole<Schemas['FieldLabels']>;
export type ExplainStep = Whole<Schemas['ExplainQueryStep']>;

/** One mistake of a query, with what may stand in its place. */
export interface QueryMistake {
  code: string;
  position: number;
  length: number;
  message: string;
  suggestions: string[];
}

/** A refusal as the portal words it, or that there was no answer at all (status 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string | undefined,
    readonly traceId?: string,
    readonly mistakes: QueryMistake[] = [],
    readonly retryAfter?: number,
    readonly body?: Record<string, unknown>,
  ) {
    super(detail ?? code);
    this.name = 'Problem';
  }
}

let csrf: string | undefined;
export function rememberCsrf(token: string | undefined) {
  csrf = token;
}

let onSignedOut: () => void = () => undefined;
/** What happens when an answer says that the session is over. */
export function whenSignedOut(then: () => void) {
  onSignedOut = then;
}

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);
const manners: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', i18n.language);
    if (!safe.has(request.method) && csrf) request.headers.set('X-CSRF-Token', csrf);
    return request;
  },
};

/** Typed by our OpenAPI document. */
export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' });
api.use(manners);

type Answered<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

/** The answer, or a Problem thrown. */
export async function ask<T>(call: Answered<T>): Promise<Whole<T>> {
  let answer: { data?: T; error?: unknown; response: Response };
  try {
    answer = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new Problem(0, 'unreachable', undefined);
  }
  if (answer.response.ok) return answer.data as Whole<T>;
  throw problemOf(answer.response, answer.error);
}

export function problemOf(response: Response, error: unknown): Problem {
  const body = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  if (response.status === 401) onSignedOut();
  const wait = Number(response.headers.get('Retry-After'));
  return new Problem(
    response.status,
    typeof body.code === 'string' ? body.code : `http_${response.status}`,
    typeof body.detail === 'string' ? body.detail : undefined,
    typeof body.traceId === 'string' ? body.traceId : undefined,
    Array.isArray(body.errors) ? (body.errors as QueryMistake[]) : [],
    Number.isFinite(wait) && wait > 0 ? wait : undefined,
    body,
  );
}

import { MantineProvider, useMantineColorScheme } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { createBrowserRouter, isRouteErrorResponse, Link, NavLink, Outlet, RouterProvider, ScrollRestoration, useRouteError } from 'react-router';
import { Problem } from './api/client';
import { Page } from './grammar/Page';
import { Loading, Trouble } from './grammar/States';
import { day, languages, speak } from './i18n';
import { signInAddress, signOut, useSession, useStanding } from './session/session';
import { theme } from './theme';

const HomePage = lazy(() => import('./home/HomePage'));
const PatientsPage = lazy(() => import('./home/PatientsPage'));
const SearchPage = lazy(() => import('./search/SearchPage'));
const CasesPage = lazy(() => import('./cases/CasesPage'));
const CasePage = lazy(() => import('./cases/CasePage'));
const ExportsPage = lazy(() => import('./exports/ExportsPage'));
const GrammarPage = lazy(() => import('./grammar/GrammarPage'));

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: false,
      // Refusals stay refusals; only what may pass by itself is tried again.
      retry: (times, error) => times < 2 && error instanceof Problem && (error.status === 0 || error.status === 502 || error.status === 503 || (error.status === 429 && (error.retryAfter ?? 1) <= 5)),
      retryDelay: (times, error) => (error instanceof Problem && error.retryAfter ? error.retryAfter * 1000 : 400 * 2 ** times),
    },
  },
});

function Language() {
  const { t, i18n } = useTranslation();
  return (
    <span className="lang" role="group" aria-label={t('language')}>
      {languages.map((l) => <button type="button" key={l} lang={l} aria-pressed={i18n.language === l} onClick={() => void speak(l)}>{l === 'ja' ? '日本語' : 'EN'}</button>)}
    </span>
  );
}

function Scheme() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const dark = colorScheme === 'dark' || (colorScheme === 'auto' && document.documentElement.dataset.mantineColorScheme === 'dark');
  return <button type="button" className="flat" aria-label={t(dark ? 'light' : 'dark')} title={t(dark ? 'light' : 'dark')} onClick={() => setColorScheme(dark ? 'light' : 'dark')}>{dark ? '☀' : '☾'}</button>;
}

function Header() {
  const { t } = useTranslation();
  const session = useSession();
  const { standing } = useStanding(!!session.data);
  const choice = standing?.projects.filter((p) => p.state === 'active') ?? [];
  return (
    <header className="top">
      <Link className="brand" to="/">DataPortal</Link>
      <nav aria-label={t('pages')}>
        <NavLink to="/search">{t('nav.search')}</NavLink>
        <NavLink to="/cases">{t('nav.cases')}</NavLink>
        <NavLink to="/exports">{t('nav.exports')}</NavLink>
        <NavLink to="/patients">{t('nav.patients')}</NavLink>
      </nav>
      <div className="who">
        {choice.length > 1 ? (
          <select className="flat" aria-label={t('project')} value={standing?.name} onChange={(e) => standing?.choose(e.target.value)}>{choice.map((p) => <option key={p.id} value={p.name}>{p.title}</option>)}</select>
        ) : standing?.project ? <span title={standing.project.organisation}>{standing.project.title}{standing.project.validUntil && ` · ${t('until', { date: day(standing.project.validUntil) })}`}</span> : standing?.isExplorer ? <span>{t('explorer')}</span> : null}
        <Language />
        <Scheme />
        {session.data ? <button type="button" className="flat" title={session.data.email ?? undefined} onClick={() => void signOut()}>{t('signOut', { name: session.data.name })}</button>
          : session.data === null ? <a className="flat" href={signInAddress()}>{t('signIn')}</a> : null}
      </div>
    </header>
  );
}

function Frame() {
  const { t } = useTranslation();
  return (
    <>
      <a className="skip" href="#main">{t('skip')}</a>
      <Header />
      <Suspense fallback={<div className="page"><Loading lines={10} /></div>}>
        <Outlet />
      </Suspense>
      <footer className="site">
        <span>DataPortal</span>
        <Link to="/patients">{t('nav.patients')}</Link>
        <a href="/docs/">API</a>
      </footer>
      <ScrollRestoration />
    </>
  );
}

function Broken() {
  const error = useRouteError();
  const { t } = useTranslation();
  const absent = isRouteErrorResponse(error) && error.status === 404;
  return (
    <>
      <Header />
      <Page title={t(absent ? 'trouble.absent.title' : 'trouble.failed.title')}>
        <Trouble error={absent ? new Problem(404, 'not_found', undefined) : error} retry={() => window.location.reload()} />
      </Page>
    </>
  );
}

const router = createBrowserRouter([
  {
    element: <Frame />,
    errorElement: <Broken />,
    children: [
      { path: '/', element: <HomePage /> },
      { path: '/patients', element: <PatientsPage /> },
      { path: '/search', element: <SearchPage /> },
      { path: '/cases', element: <CasesPage /> },
      { path: '/cases/:id', element: <CasePage /> },
      { path: '/exports', element: <ExportsPage /> },
      { path: '/exports/:id', element: <ExportsPage /> },
      { path: '/grammar', element: <GrammarPage /> },
    ],
  },
]);

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}

import { hash } from 'node:crypto';

import { texts } from './texts.js';

export const locales = Object.keys(texts);

const style = `
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:#f5f7fa;color:#17202b;font:16px/1.6 system-ui,"Noto Sans JP","Hiragino Sans","Yu Gothic",sans-serif}
header{background:#0f1e3a;color:#fff;padding:14px 24px;font-weight:600}
main{max-width:30rem;margin:48px auto;padding:28px 32px;background:#fff;border:1px solid #dfe5ec;border-radius:8px}
h1{font-size:1.4rem;line-height:1.3;margin:0 0 12px}
p{margin:0 0 16px}
.muted{color:#5c6b7c}
.notice{border-left:4px solid #b42318;padding:8px 12px;background:#fef3f2}
label{display:block;font-weight:600;margin-bottom:6px}
input{display:block;width:100%;padding:10px 12px;font:inherit;letter-spacing:.1em;text-transform:uppercase;color:inherit;border:1px solid #5c6b7c;border-radius:8px;margin-bottom:20px}
code{display:block;font-size:1.6rem;letter-spacing:.1em;margin:0 0 16px}
button{font:inherit;font-weight:600;padding:10px 20px;margin:0 8px 8px 0;border-radius:8px;border:1px solid #2450b2;background:#2450b2;color:#fff;cursor:pointer}
button.other{background:#fff;color:#2450b2}
:focus-visible{outline:3px solid #2450b2;outline-offset:2px}
`;
const styleHash = hash('sha256', style, 'base64');
const settingsOf = new WeakMap();
const askedOf = new WeakMap();

/** What the pages have to know of their surroundings: the portal's address, where a form's way may lead on to. */
export function describe(provider, settings) {
  settingsOf.set(provider, settings);
}

export function deviceInput(ctx, error) {
  const t = language(ctx);
  const notice = error === undefined ? '' : notices[error.name]?.(t) ?? (error.userCode ? t.deviceWrong : t.deviceError);
  const code = error?.userCode ?? askedOf.get(ctx.req)?.userCode ?? '';
  render(ctx, t, t.deviceTitle, `
<p id="lead">${t.deviceLead}</p>
${notice && `<p id="notice" class="notice" role="alert">${notice}</p>`}
<form method="post" action="${safe(ctx.oidc.urlFor('code_verification'))}">
${xsrf(ctx)}<label for="user_code">${t.deviceLabel}</label>
<input id="user_code" name="user_code" value="${safe(code)}" type="text" required maxlength="20" autocomplete="off" autocapitalize="characters" spellcheck="false" aria-describedby="lead${notice && ' notice'}">
<button type="submit">${t.deviceContinue}</button>
</form>`);
}

export function deviceConfirm(ctx, client, userCode) {
  const t = language(ctx);
  render(ctx, t, t.confirmTitle, `
<p>${safe(t.confirmLead(client.clientName ?? client.clientId))}</p>
<p id="same">${t.confirmCode}</p>
<code aria-describedby="same">${safe(userCode)}</code>
<p class="muted">${t.confirmWarning}</p>
<form method="post" action="${safe(ctx.oidc.urlFor('code_verification'))}">
${xsrf(ctx)}<input type="hidden" name="user_code" value="${safe(userCode)}">
<input type="hidden" name="confirm" value="yes">
<button type="submit">${t.confirmYes}</button>
<button type="submit" name="abort" value="yes" class="other">${t.confirmNo}</button>
</form>`);
}

export function deviceSuccess(ctx) {
  const t = language(ctx);
  render(ctx, t, t.successTitle, `<p>${t.successLead}</p>`);
}

export function logout(ctx) {
  const t = language(ctx);
  const { postLogoutRedirectUri } = ctx.oidc.session.state;
  render(ctx, t, t.logoutTitle, `
<p>${t.logoutLead}</p>
<form method="post" action="${safe(ctx.oidc.urlFor('end_session_confirm'))}">
${xsrf(ctx)}<button type="submit" name="logout" value="yes">${t.logoutYes}</button>
<button type="submit" class="other">${t.logoutNo}</button>
</form>`, [postLogoutRedirectUri]);
}

export function loggedOut(ctx) {
  const t = language(ctx);
  render(ctx, t, t.loggedOutTitle, `<p>${t.loggedOutLead}</p>`);
}

export function error(ctx, out) {
  const t = language(ctx);
  render(ctx, t, t.errorTitle, `
<p role="alert">${t.errors[out.error] ?? ''}</p>
<p>${t.errorLead}</p>
<p class="muted">${t.errorCode} ${safe(out.error)}${out.error_description ? ` (${safe(out.error_description)})` : ''}</p>`);
}

/**
 * In three places the library answers with a form that submits itself by script: a device code in the address, a sign-out with nobody signed in, and a
 * sign-in over somebody else's session. Nothing here runs script, and a code from a link must never be confirmed by nobody.
 */
export async function withoutScript(ctx, next) {
  const { user_code: userCode, ui_locales: uiLocales } = ctx.query;
  if (ctx.path === '/device' && ctx.method === 'GET') {
    askedOf.set(ctx.req, { userCode: typeof userCode === 'string' ? userCode.slice(0, 20) : undefined, uiLocales });
    ctx.querystring = '';
  }

  await next();

  const form = typeof ctx.body === 'string' ? /<form method="post" action="([^"]+)">([\s\S]*?)<noscript>/.exec(ctx.body) : null;
  if (!form || !ctx.body.includes('<title>Submitting Callback</title>')) return;
  const { session, route } = ctx.oidc;
  if (route === 'end_session' && !session.accountId) {
    ctx.status = 303;
    ctx.redirect(afterLogout(ctx, session.state));
    return;
  }

  const t = language(ctx);
  const [, action, inputs] = form;
  render(ctx, t, t.continueTitle, `
<p>${t.continueLead}</p>
<form method="post" action="${action}">
${inputs}<button type="submit">${t.continueButton}</button>
</form>`, [action.replaceAll('&amp;', '&')]);
}

/** Nobody was signed in: there is nothing to ask, and the way back was checked already. */
function afterLogout(ctx, { postLogoutRedirectUri, state }) {
  if (!postLogoutRedirectUri) return ctx.oidc.urlFor('end_session_success');
  const url = new URL(postLogoutRedirectUri);
  if (state !== undefined) url.searchParams.set('state', state);
  return url.href;
}

const notices = {
  AbortedError: (t) => t.deviceAborted,
  NoCodeError: (t) => t.deviceWrong,
  NotFoundError: (t) => t.deviceWrong,
  ExpiredError: (t) => t.deviceWrong,
  AlreadyUsedError: (t) => t.deviceWrong,
};

function xsrf(ctx) {
  return `<input type="hidden" name="xsrf" value="${safe(ctx.oidc.session.state.secret)}">\n`;
}

/** What the client asked for, else what the browser does. */
function language(ctx) {
  const asked = askedOf.get(ctx.req)?.uiLocales ?? ctx.oidc?.params?.ui_locales ?? ctx.query.ui_locales;
  const wanted = typeof asked === 'string' ? asked.split(' ').map((tag) => tag.split('-')[0].toLowerCase()).find((tag) => tag in texts) : undefined;
  const lang = wanted ?? (ctx.acceptsLanguages(locales) || 'en');
  return { lang, ...texts[lang] };
}

/** Browsers hold a form to `form-action` even where its answer leads on to: to the portal's pages, or back to the program that sent the person. */
function render(ctx, t, title, body, leadingTo = []) {
  const { portal } = settingsOf.get(ctx.app) ?? {};
  const targets = [portal, ...leadingTo].filter(Boolean).map((url) => new URL(url).origin);
  ctx.set('content-security-policy', `default-src 'none'; style-src 'sha256-${styleHash}'; form-action ${["'self'", ...new Set(targets)].join(' ')}; base-uri 'none'; frame-ancestors 'none'`);
  ctx.set('cache-control', 'no-store');
  ctx.set('content-language', t.lang);
  ctx.vary('accept-language');
  ctx.type = 'text/html; charset=utf-8';
  ctx.body = `<!DOCTYPE html>
<html lang="${t.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – ${t.brand}</title>
<style>${style}</style>
</head>
<body>
<header>${t.brand}</header>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
}

function safe(text) {
  return String(text).replace(/[&<>"']/g, (c) => `&#${c.codePointAt(0)};`);
}

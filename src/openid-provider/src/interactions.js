import { errors } from 'oidc-provider';

import * as pages from './pages.js';

const path = /^\/interaction\/([\w-]{20,64})(\/finish)?$/;

/**
 * The way to the portal's sign-in pages and back. The library binds its cookie to the path of the interaction, which therefore is ours and leads on;
 * and only the browser that holds that cookie may come back with a ticket.
 */
export function interactions(provider, settings, portal) {
  return async function interaction(ctx, next) {
    const [, uid, finish] = path.exec(ctx.path) ?? [];
    if (uid === undefined || ctx.method !== 'GET') return next();

    ctx.set('cache-control', 'no-store');
    try {
      const details = await provider.interactionDetails(ctx.req, ctx.res);
      if (details.uid !== uid) throw new errors.SessionNotFound('the cookie is of another sign-in');
      if (!settings.portal) throw new Error('the portal has not said where people sign in');
      ctx.status = 303;
      ctx.redirect(finish ? await end(ctx, details) : begin(details));
    } catch (error) {
      ctx.status = error.statusCode ?? 500;
      await pages.error(ctx, { error: error.expose ? error.message : 'server_error' });
      if (!error.expose) provider.emit('server_error', ctx, error);
    }
    return undefined;
  };

  function begin({ uid, prompt }) {
    return `${settings.portal.replace(/\/$/, '')}/${prompt.name === 'login' ? 'sign-in' : 'consent'}?uid=${encodeURIComponent(uid)}`;
  }

  async function end(ctx, details) {
    const { ticket } = ctx.query;
    if (typeof ticket !== 'string') throw new errors.InvalidRequest('there is no ticket');
    const { decision } = await portal.tell('ticket', { uid: details.uid, text: ticket });
    if (!decision) throw new errors.InvalidRequest('the ticket is not good, or was used');
    return provider.interactionResult(ctx.req, ctx.res, await resultOf(details, decision), { mergeWithLastSubmission: decision.consented !== false });
  }

  async function resultOf(details, decision) {
    if (decision.consented === false) {
      return { error: 'access_denied', error_description: 'the person said no' };
    }
    if (details.prompt.name === 'login' && decision.subject) {
      return {
        login: {
          accountId: decision.subject, acr: decision.acr, amr: decision.amr, ts: decision.at, remember: false,
        },
      };
    }
    if (details.prompt.name === 'consent' && decision.consented) {
      return { consent: { grantId: await grantFor(details) } };
    }
    throw new errors.InvalidRequest('the ticket answers another question');
  }

  /** What was granted before and what is missing, in a new grant: an old one is never changed. */
  async function grantFor({ session, params, grantId, prompt: { details } }) {
    const before = grantId && await provider.Grant.find(grantId);
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope([...words(before?.getOIDCScope()), ...(details.missingOIDCScope ?? [])]);
    if (details.missingOIDCClaims) grant.addOIDCClaims(details.missingOIDCClaims);
    const missing = details.missingResourceScopes?.[settings.resource] ?? [];
    grant.addResourceScope(settings.resource, [...words(before?.getResourceScope(settings.resource)), ...missing]);
    return grant.save();
  }
}

function words(text) {
  return text ? text.split(' ') : [];
}

import { hash } from 'node:crypto';

import Provider, { errors } from 'oidc-provider';

import { interactions } from './interactions.js';
import * as pages from './pages.js';
import { policy } from './policy.js';
import { Refused } from './portal.js';
import { createAdapter } from './storage.js';

/** The portal's own pages, and its command line. */
const firstParty = new Set(['portal', 'portal-cli']);
const commandLine = 'portal-cli';
const maxAssertionSeconds = 300;

/** The OpenID provider for one configuration (configuration.js) and one state of the portal's settings and keys. */
export function createProvider(configuration, settings, portal) {
  const { resource, scope } = settings;
  const isSecure = configuration.issuer.startsWith('https:');
  const cookie = { httpOnly: true, sameSite: 'lax', secure: isSecure };

  const provider = new Provider(configuration.issuer, {
    adapter: createAdapter(portal),
    jwks: { keys: settings.keys },
    clients: configuration.clients.map(withSecret),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    clientAuthMethods: ['client_secret_basic', 'private_key_jwt', 'none'],
    enabledJWA: {
      clientAuthSigningAlgValues: ['ES256', 'PS256'],
      idTokenSigningAlgValues: ['ES256'],
      requestObjectSigningAlgValues: ['ES256'],
      dPoPSigningAlgValues: ['ES256'],
    },
    assertJwtClientAuthClaimsAndHeader(ctx, claims) {
      if (ctx.oidc.isFapi('2.0') && claims.aud !== ctx.oidc.issuer) {
        throw new errors.InvalidClientAuth('the audience must be the issuer');
      }
      if (!Number.isInteger(claims.iat) || claims.exp - claims.iat > maxAssertionSeconds) {
        throw new errors.InvalidClientAuth(`a client assertion has a time of issue and lives for ${maxAssertionSeconds} seconds at most`);
      }
    },
    responseTypes: ['code'],
    // `portal` is a scope of the resource. Named here as well it would have to be consented to twice, and that prompt never ends.
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    acrValues: settings.acrValues,
    claims: {
      openid: ['sub', 'acr', 'amr', 'auth_time'], profile: ['name'], email: ['email', 'email_verified'], sid: null, iss: null,
    },
    conformIdTokenClaims: false,
    discovery: { ui_locales_supported: pages.locales },
    pkce: { required: () => true },
    cookies: {
      // With __Host- a neighbour domain can neither read nor plant it.
      names: isSecure
        ? { session: '__Host-op', interaction: '__Secure-op-interaction', resume: '__Secure-op-resume' }
        : { session: 'op', interaction: 'op-interaction', resume: 'op-resume' },
      long: cookie,
      short: cookie,
      keys: settings.cookieKeys,
    },
    features: {
      backchannelLogout: { enabled: true },
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      deviceFlow: {
        enabled: true,
        deviceInfo: () => ({}),
        userCodeInputSource: (ctx, form, out, error) => pages.deviceInput(ctx, error),
        userCodeConfirmSource: (ctx, form, client, info, userCode) => pages.deviceConfirm(ctx, client, userCode),
        successSource: pages.deviceSuccess,
      },
      dPoP: { enabled: true },
      fapi: { enabled: true, profile: (ctx, client) => (isConfidential(client) ? '2.0' : undefined) },
      introspection: { enabled: true, allowedPolicy: (ctx, client, token) => token.clientId === client.clientId },
      pushedAuthorizationRequests: { enabled: true },
      revocation: { enabled: true, allowedPolicy: (ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: true, logoutSource: pages.logout, postLogoutSuccessSource: pages.loggedOut },
      userinfo: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo(ctx, requested) {
          if (requested !== resource) {
            throw new errors.InvalidTarget(`the only resource is ${resource}`);
          }
          if (ctx.oidc.params.grant_type === 'client_credentials') {
            // The library asks for the resource before it reads the scope: a request that names none gets the resource's own.
            ctx.oidc.params.scope ??= scope;
            if (!ctx.oidc.requestParamScopes.has(scope)) {
              throw new errors.InvalidScope(`the scope of ${resource} is ${scope}`, ctx.oidc.params.scope);
            }
          }
          return {
            scope,
            audience: resource,
            accessTokenFormat: 'jwt',
            accessTokenTTL: settings.accessTokenSeconds,
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },
    // Lifetimes in seconds. Kinds of token that are switched off have none, so that switching one on without deciding is an error.
    ttl: {
      AccessToken: () => settings.accessTokenSeconds,
      AuthorizationCode: () => 60,
      BackchannelAuthenticationRequest: undecided,
      ClientCredentials: () => settings.accessTokenSeconds,
      DeviceCode: () => 600,
      Grant: (ctx, grant) => lifeOf(grant.clientId),
      IdToken: () => settings.accessTokenSeconds,
      Interaction: () => 3600,
      PreAuthorizedCode: undecided,
      // Counted from the first of the family: rotation does not make it longer.
      RefreshToken: (ctx, token) => left(token.iiat, lifeOf(token.clientId)),
      Session: (ctx, session) => (session.loginTs ? left(session.loginTs, settings.sessionSeconds) : 3600),
    },
    interactions: { policy: policy(settings.acrValues), url: (ctx, interaction) => `${prefix(configuration.issuer)}/interaction/${interaction.uid}` },
    rotateRefreshToken: true,
    issueRefreshToken: (ctx, client, source) => client.grantTypeAllowed('refresh_token')
      && (firstParty.has(client.clientId) || source.scopes.has('offline_access')),
    // The command line outlives the browser it was approved in; it does not outlive the account's signing out everywhere.
    expiresWithSession: (ctx, source) => source.clientId !== commandLine && !source.scopes.has('offline_access'),
    loadExistingGrant,
    // How somebody signed in; rights are read by the portal at every request and are in no token.
    extraTokenClaims(ctx, token) {
      if (token.kind !== 'AccessToken') return undefined;
      const { RefreshToken, AuthorizationCode, DeviceCode } = ctx.oidc.entities;
      const { acr, amr, authTime } = RefreshToken ?? AuthorizationCode ?? DeviceCode ?? {};
      return { acr, amr, auth_time: authTime };
    },
    clientBasedCORS: () => false,
    renderError: pages.error,
    // The portal's own addresses may lie on loopback, which the library rightly forbids for everybody else's.
    fetch: (url, { dispatcher, ...options }) => fetch(url, isPortals(url) ? options : { dispatcher, ...options }),
    async findAccount(ctx, id) {
      const { claims } = await portal.ask('account', { id });
      return claims ? { accountId: claims.sub, claims: () => toClaims(claims) } : undefined;
    },
  });

  provider.proxy = isSecure;
  pages.describe(provider, { portal: settings.portal });
  provider.use(pages.withoutScript);
  provider.use(interactions(provider, settings, portal));

  // The library looks, and writes if it found nothing: of two requests with the same proof both would find nothing. Here the writing decides.
  provider.ReplayDetection.unique = async (issuer, jti, expires) => {
    try {
      await portal.tell('upsert', {
        model: 'ReplayDetection', id: hash('sha256', `${issuer}\n${jti}`, 'base64url'), payload: {}, expiresIn: Math.max(1, Math.ceil(expires - now())),
      });
      return true;
    } catch (error) {
      if (error instanceof Refused) return false;
      throw error;
    }
  };

  provider.on('server_error', (ctx, error) => {
    console.error(`server_error ${ctx.method} ${ctx.path}: ${error.message}`);
  });
  return provider;

  function lifeOf(clientId) {
    return clientId === commandLine ? settings.commandLineSeconds : settings.sessionSeconds;
  }

  function isPortals(url) {
    return settings.portal !== undefined && new URL(url).origin === new URL(settings.portal).origin;
  }

  /**
   * Our own clients are granted what they ask for; others what the person consented to in this session. A grant is never changed: one that does not
   * reach is replaced, so that one that was revoked meanwhile cannot be written back.
   */
  async function loadExistingGrant(ctx) {
    const { client, session, result, requestParamOIDCScopes, requestParamScopes, account } = ctx.oidc;
    const id = result?.consent?.grantId
      // Every command line has a grant of its own: signing one out, or a stolen copy of its token, ends no other.
      ?? (client.clientId === commandLine ? ctx.oidc.entities.Interaction?.grantId : session.grantIdFor(client.clientId));
    const found = id === undefined ? undefined : await provider.Grant.find(id);
    const existing = found?.accountId === account.accountId && found?.clientId === client.clientId ? found : undefined;
    if (!firstParty.has(client.clientId)) return existing;

    const oidc = [...requestParamOIDCScopes];
    const wanted = requestParamScopes.has(scope) ? [scope] : [];
    if (existing && covers(existing.getOIDCScope(), oidc) && covers(existing.getResourceScope(resource), wanted)) return existing;

    const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
    grant.addOIDCScope(oidc);
    grant.addResourceScope(resource, wanted);
    await grant.save();
    return grant;
  }
}

function withSecret(client) {
  return {
    client_id: client.client_id,
    client_secret: client.client_secret,
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  };
}

/** Signs people in and proves itself by a key of its own. */
function isConfidential(client) {
  return client?.clientAuthMethod === 'private_key_jwt' && client.grantTypeAllowed('authorization_code');
}

function toClaims({ sub, name, email, emailVerified }) {
  return { sub, name, email, email_verified: emailVerified };
}

function covers(granted, wanted) {
  const has = new Set(granted.split(' '));
  return wanted.every((one) => has.has(one));
}

function left(since, seconds) {
  return Math.max(1, since + seconds - now());
}

function now() {
  return Math.floor(Date.now() / 1000);
}

function prefix(issuer) {
  return new URL(issuer).pathname.replace(/\/$/, '');
}

function undecided() {
  throw new Error('this kind of token is switched off and has no lifetime');
}

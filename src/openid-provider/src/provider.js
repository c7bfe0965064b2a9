import Provider, { errors } from 'oidc-provider';

import { createStorage } from './storage.js';

/** The OpenID provider for one configuration (see configuration.js): RFC 9068 tokens for one resource by client credentials. */
export function createProvider(configuration) {
  const { resource, scope, accessTokenSeconds } = configuration;
  const storage = createStorage();

  const provider = new Provider(configuration.issuer, {
    adapter: storage.adapter,
    jwks: configuration.jwks,
    clients: configuration.clients.map(toClient),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    clientAuthMethods: ['client_secret_basic', 'private_key_jwt'],
    enabledJWA: {
      clientAuthSigningAlgValues: ['ES256', 'PS256'],
      idTokenSigningAlgValues: ['ES256'],
      requestObjectSigningAlgValues: ['ES256'],
    },
    assertJwtClientAuthClaimsAndHeader: (ctx, claims) => storage.assertFresh(claims),
    responseTypes: [],
    // `portal` is a scope of the resource. Named here as well it would have to be consented to twice, and that prompt never ends.
    scopes: ['openid'],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo(ctx, requested) {
          if (requested !== resource) {
            throw new errors.InvalidTarget(`the only resource is ${resource}`);
          }
          // The library asks for the resource before it reads the scope: a request that names none gets the resource's own.
          ctx.oidc.params.scope ??= scope;
          if (!ctx.oidc.requestParamScopes.has(scope)) {
            throw new errors.InvalidScope(`the scope of ${resource} is ${scope}`, ctx.oidc.params.scope);
          }
          return {
            scope,
            audience: resource,
            accessTokenFormat: 'jwt',
            accessTokenTTL: accessTokenSeconds,
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },
    // Lifetimes in seconds. Kinds of token that are switched off have none, so that switching one on without deciding is an error.
    ttl: {
      ClientCredentials: () => accessTokenSeconds,
      AccessToken: undecided,
      AuthorizationCode: undecided,
      BackchannelAuthenticationRequest: undecided,
      DeviceCode: undecided,
      Grant: undecided,
      IdToken: undecided,
      Interaction: undecided,
      PreAuthorizedCode: undecided,
      RefreshToken: undecided,
      Session: undecided,
    },
    clientBasedCORS: () => false,
    async renderError(ctx, out) {
      ctx.type = 'text/plain; charset=utf-8';
      ctx.body = `${out.error}: ${out.error_description ?? ''}\n`;
    },
    async findAccount() {
      return undefined;
    },
  });

  provider.on('server_error', (ctx, error) => {
    console.error(`server_error ${ctx.method} ${ctx.path}: ${error.message}`);
  });
  return provider;
}

function toClient(client) {
  return {
    client_id: client.client_id,
    ...(client.client_secret
      ? { client_secret: client.client_secret, token_endpoint_auth_method: 'client_secret_basic' }
      : { jwks: client.jwks, token_endpoint_auth_method: 'private_key_jwt' }),
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  };
}

function undecided() {
  throw new Error('this kind of token is switched off and has no lifetime');
}

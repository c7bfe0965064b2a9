import { errors } from 'oidc-provider';

import { Refused } from './portal.js';

/** The library's adapter: whatever outlives a request is kept by the portal, so that this process may end at any moment. */
export function createAdapter(portal) {
  return (model) => {
    const tell = async (operation, body) => {
      try {
        await portal.tell(operation, { model, ...body });
      } catch (error) {
        const meant = error instanceof Refused ? meaning(model, error.code) : error;
        if (meant) throw meant;
      }
    };
    const find = async (operation, id) => (await portal.ask(operation, { model, id })).payload ?? undefined;

    return {
      upsert: (id, payload, expiresIn) => tell('upsert', { id, payload, expiresIn: expiresIn === undefined ? undefined : Math.ceil(expiresIn) }),
      find: model === 'Client'
        ? async (id) => (await portal.ask('client', { id })).metadata ?? undefined
        : (id) => find('find', id),
      findByUid: (uid) => find('find-by-uid', uid),
      findByUserCode: (userCode) => find('find-by-user-code', userCode),
      consume: (id) => tell('consume', { id }),
      destroy: (id) => tell('destroy', { id }),
      revokeByGrantId: (grantId) => tell('revoke-grant', { id: grantId }),
    };
  };
}

/** What a refusal means to the client or the person; nothing where it may be passed over. */
function meaning(model, code) {
  switch (model) {
    case 'Session':
      // Another request of the same browser has ended or renewed the session meanwhile; what it wrote stands.
      return code === 'conflict' ? undefined : new errors.SessionNotFound('signed out meanwhile');
    case 'Interaction':
      return new errors.SessionNotFound('this sign-in is over');
    case 'PushedAuthorizationRequest':
      return new errors.InvalidRequestUri('request_uri was already used');
    case 'AuthorizationCode':
      return code === 'consumed' ? new errors.InvalidGrant(code) : new errors.AccessDenied('signed out meanwhile');
    case 'DeviceCode':
      return code === 'conflict' ? new errors.InvalidRequest('the code was already used') : new errors.InvalidGrant(code);
    default:
      return new errors.InvalidGrant(code);
  }
}

// The page a window ends on: tells whoever opened it how it ended, and closes itself; unless it asks something first.
(() => {
  const CLOSE_AFTER_MS = 500;
  const { outcome, targets, errorType, message } = document.body.dataset;
  const failed = outcome === 'error';

  // Neither code nor state stays in the address bar or the history.
  history.replaceState(null, '', location.pathname);

  if (outcome === 'question') return;

  window.__nangoOAuthError = failed ? { message, errorType } : null;
  const told = failed
    ? { type: 'nango_oauth_callback_error', payload: window.__nangoOAuthError }
    : { type: 'nango_oauth_callback_success' };

  const origins = targets.split(' ').filter(Boolean);
  if (window.opener) {
    for (const origin of origins) window.opener.postMessage(told, origin);
  }
  const channel = 'BroadcastChannel' in window ? new BroadcastChannel('nango-oauth-callback') : null;
  channel?.postMessage(told);

  const onAck = (data) => {
    if (data && data.type === 'nango_oauth_callback_ack') window.close();
  };
  window.addEventListener('message', (event) => {
    if (origins.includes(event.origin)) onAck(event.data);
  });
  channel?.addEventListener('message', (event) => onAck(event.data));
  if (!failed) setTimeout(() => window.close(), CLOSE_AFTER_MS);
})();

// A page that follows an order is read again when the order has ended: then it shows the
// result and what can be done with it.
document.addEventListener('htmx:sse:close', (event) => {
  const followed = event.target instanceof Element && event.target.closest('[data-reload-at-end]');
  if (followed && event.detail?.reason === 'message') location.reload();
});

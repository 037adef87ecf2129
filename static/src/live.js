// A page that follows an order is read again when the order has ended: then it shows the
// result and what can be done with it. It is read again as well when the stream cannot be
// opened, as by a page without scripts.
const opening = 10_000; // milliseconds a stream may take to open
const opened = new WeakSet();

document.addEventListener('htmx:sse:after:connection', (event) => opened.add(event.target));

document.addEventListener('htmx:sse:close', (event) => {
  const followed = event.target instanceof Element && event.target.closest('[data-reload-at-end]');
  if (followed && event.detail?.reason === 'message') location.reload();
});

setTimeout(() => {
  for (const followed of document.querySelectorAll('[data-reload-at-end]')) {
    if (!opened.has(followed)) location.reload();
  }
}, opening);

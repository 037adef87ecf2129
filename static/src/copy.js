// Ids are copied by a button beside them.
const wire = () => {
  for (const button of document.querySelectorAll('[data-copy][hidden]')) button.hidden = false;
};
wire();
document.addEventListener('htmx:after:swap', wire);

document.addEventListener('click', async (event) => {
  const button = event.target instanceof Element && event.target.closest('[data-copy]');
  if (!button) return;
  const label = `Copy ${button.dataset.copy}`;
  let said = 'Copied';
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch { // an address without https, or it is forbidden
    said = 'Copying is not allowed here';
  }
  button.classList.add('is-done');
  button.setAttribute('aria-label', said);
  button.title = said;
  setTimeout(() => {
    button.classList.remove('is-done');
    button.setAttribute('aria-label', label);
    button.title = label;
  }, 2000);
});

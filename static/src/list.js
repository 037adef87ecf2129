// On phones the rows of a list are cards: each cell says which column it is of.
const name = () => {
  for (const table of document.querySelectorAll('.one-line')) {
    const heads = [...table.tHead.rows[0].cells].map((head) => head.textContent.trim());
    for (const row of table.tBodies[0].rows) {
      [...row.cells].forEach((cell, at) => { cell.dataset.label = heads[at] ?? ''; });
    }
  }
};
name();
document.addEventListener('htmx:after:swap', name);

// A filter that the server refuses is read as a page, with what is wrong.
document.addEventListener('htmx:response:error', (event) => {
  const form = event.target instanceof Element && event.target.closest('form.filter-bar');
  if (form) form.submit();
});

// A search applies as one types: a pause counts as a change.
let pause;
document.addEventListener('input', (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || field.type !== 'search' || !field.closest('form.filter-bar')) return;
  clearTimeout(pause);
  pause = setTimeout(() => field.dispatchEvent(new Event('change', { bubbles: true })), 400);
});

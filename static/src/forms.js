// A form is sent once, and what was refused is read first.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post') return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = 'yes';
  for (const button of document.querySelectorAll('button[type=submit]')) {
    if (button.form === form) button.setAttribute('aria-disabled', 'true');
  }
});

// Coming back by the Back button finds the form ready again.
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll('button[aria-disabled]')) button.removeAttribute('aria-disabled');
  }
});

document.querySelector('[data-autofocus]')?.focus();

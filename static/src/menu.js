// Menus are native popovers; this adds the arrow keys, the first item's focus,
// and a place beside the button where the browser cannot anchor it.
const items = (menu) => [...menu.querySelectorAll('[role=menuitem]')];

const anchored = CSS.supports('position-area', 'bottom');

function place(menu, button) {
  const box = button.getBoundingClientRect();
  const left = Math.min(box.left, innerWidth - menu.offsetWidth - 8);
  const below = box.bottom + menu.offsetHeight < innerHeight || box.top < menu.offsetHeight;
  menu.style.left = `${Math.max(8, left)}px`;
  menu.style.top = below ? `${box.bottom}px` : `${box.top - menu.offsetHeight - 8}px`;
}

document.addEventListener('toggle', (event) => {
  const menu = event.target;
  if (!(menu instanceof HTMLElement) || !menu.matches('.menu-list') || event.newState !== 'open') return;
  const button = menu.parentElement.querySelector('[popovertarget]');
  if (!anchored && button) place(menu, button);
  if (menu.getAttribute('role') === 'menu') items(menu)[0]?.focus();
}, true);

document.addEventListener('keydown', (event) => {
  const menu = event.target instanceof Element && event.target.closest('[role=menu]');
  if (!menu) return;
  const all = items(menu);
  const at = all.indexOf(document.activeElement);
  const go = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (go === undefined) {
    if (event.key === 'Tab') menu.hidePopover();
    return;
  }
  event.preventDefault();
  all[(go + all.length) % all.length]?.focus();
});

// An item that cannot be used now says so and does nothing.
document.addEventListener('click', (event) => {
  const item = event.target instanceof Element && event.target.closest('[role=menuitem][aria-disabled=true]');
  if (item) event.preventDefault();
});

// Who signs in during the tests.
export const password = 'correct horse battery staple';

export const administrator = { email: 'ada@ravenstack.example', name: 'Ada Raven', role: 'administrator' };
export const auditor = { email: 'otto@ravenstack.example', name: 'Otto Raven', role: 'auditor' };

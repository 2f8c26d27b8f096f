// La console : raccourcis à une touche, impression, copie. Les pages marchent sans ce fichier.
'use strict';

const raccourcis = document.body.hasAttribute('data-raccourcis');
const lignes = () => [...document.querySelectorAll('[data-ligne]')];

/** Une touche tapée dans un champ est une lettre, pas un raccourci. */
const ecrit = (cible) => cible.closest('input:not([type=checkbox]), textarea, select, [contenteditable]');

function aller(pas) {
  const toutes = lignes();
  if (!toutes.length) return;
  const ici = toutes.findIndex((ligne) => ligne.contains(document.activeElement));
  const la = toutes[Math.min(toutes.length - 1, Math.max(0, ici < 0 ? 0 : ici + pas))];
  la.focus({ preventScroll: true });
  la.scrollIntoView({ block: 'center' });
}

function details() {
  const ici = document.activeElement.closest('[data-ligne]') ?? document;
  const trouves = [...ici.querySelectorAll('.trouve details')];
  const ouvrir = trouves.some((un) => !un.open);
  trouves.forEach((un) => { un.open = ouvrir; });
}

const TOUCHES = {
  j: () => aller(1),
  k: () => aller(-1),
  d: details,
  p: () => document.querySelector('[data-imprimer]')?.click(),
  u: () => document.querySelector('.fil a')?.click(),
  e: () => document.querySelector('[data-fiche]')?.focus(),
  '/': () => document.querySelector('[data-cherche]')?.focus(),
};

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && event.target.matches('[data-fiche], [data-cherche]')) {
    event.target.blur();
    return;
  }
  if (!raccourcis || event.ctrlKey || event.metaKey || event.altKey || event.repeat || ecrit(event.target)) return;
  // Sur un clavier français, les chiffres demandent la majuscule : la touche suffit ici.
  const chiffre = /^Digit([1-4])$/.exec(event.code)?.[1];
  const touche = event.key.length === 1 ? event.key.toLowerCase() : '';
  const visee = document.querySelector(`[data-touche="${CSS.escape(chiffre ?? touche)}"]`);
  const faire = visee ? () => visee.click() : TOUCHES[touche];
  if (!faire || !touche) return;
  event.preventDefault();
  faire();
});

for (const bouton of document.querySelectorAll('[data-imprimer]')) {
  bouton.hidden = false;
  bouton.addEventListener('click', () => window.print());
}

for (const bouton of document.querySelectorAll('[data-copier]')) {
  bouton.hidden = !navigator.clipboard;
  bouton.addEventListener('click', async () => {
    const champ = document.getElementById(bouton.dataset.copier);
    await navigator.clipboard.writeText(champ.value);
    bouton.textContent = 'Lien copié';
    document.querySelector('[data-copie-dite]').textContent = 'Le lien est copié.';
  });
}

// Un verdict part une seule fois, même si la touche est tapée deux fois. Après l'envoi, pas avant : un bouton éteint
// n'enverrait pas sa valeur.
for (const formulaire of document.querySelectorAll('form[method=post]')) {
  formulaire.addEventListener('submit', (event) => {
    if (formulaire.dataset.parti) event.preventDefault();
    formulaire.dataset.parti = 'oui';
  });
}
// Revenue par « page précédente », la page est de nouveau prête.
window.addEventListener('pageshow', () => {
  document.querySelectorAll('form[data-parti]').forEach((formulaire) => delete formulaire.dataset.parti);
});

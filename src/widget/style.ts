/**
 * Everything that a shop may want to change is a variable. Of what would be inherited from the page only the size of its
 * text is: what else its styles say of spacing, case or lines ends at the box. Sizes follow that text, not `rem`: themes
 * change what that is.
 */
export const STYLE = `
:host { display: block; max-width: 30em; color-scheme: light dark;
  --accent: var(--streakline-accent, light-dark(#0b6b43, #5fd39b));
  --on-accent: var(--streakline-on-accent, light-dark(#ffffff, #06281a));
  --back: var(--streakline-background, light-dark(#ffffff, #17191c));
  --text: var(--streakline-text, light-dark(#1b1d20, #f1f2f4));
  --muted: var(--streakline-muted, light-dark(#565c64, #b3bac3));
  --line: var(--streakline-border, light-dark(#c9ced5, #454b53)); }
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
.streak { all: initial; display: block; box-sizing: border-box; color-scheme: inherit; visibility: inherit;
  padding: 1em; border: 1px solid var(--line); border-radius: var(--streakline-radius, 0.75em);
  background: var(--back); color: var(--text); font: var(--streakline-font, 1em/1.45 system-ui, sans-serif);
  overflow-wrap: anywhere; text-align: start; }
.streak[hidden] { display: none; }
h2, h3, p, ol, ul { margin: 0; padding: 0; }
h2 { font-size: 1.125em; }
h3 { font-size: 1em; margin-block-start: 1em; }
.count { font-size: 1.5em; font-weight: 700; margin-block-start: 0.2em; }
.muted { color: var(--muted); }
ol, ul { list-style: none; }
.periods { display: grid; grid-template-columns: repeat(auto-fit, minmax(2.125em, 1fr)); gap: 0.25em;
  margin-block-start: 0.75em; }
.periods li { display: grid; justify-items: center; gap: 0.15em; font-size: 0.75em; color: var(--muted); }
.mark { display: grid; place-items: center; inline-size: 1.75em; block-size: 1.75em; border-radius: 50%;
  border: 2px solid var(--line); font-size: 1.333em; line-height: 1; }
.done .mark { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.open .mark { border-color: var(--accent); border-style: dashed; color: var(--text); }
.coupons li { display: flex; flex-wrap: wrap; gap: 0.5em; align-items: center; margin-block-start: 0.5em;
  padding: 0.5em 0.75em; border: 1px dashed var(--line); border-radius: 0.5em; }
.coupons div { flex: 1 1 9em; min-inline-size: 0; }
code { display: block; font: 600 1em ui-monospace, monospace; }
small { font-size: 0.8125em; }
button { min-block-size: max(2.75em, 44px); padding: 0.25em 1em; border: 0; border-radius: 0.5em; font: inherit;
  font-weight: 600; background: var(--accent); color: var(--on-accent); cursor: pointer; }
button:focus-visible { outline: 3px solid var(--text); outline-offset: 2px; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
@media (prefers-reduced-motion: no-preference) { .mark { transition: background-color 0.2s; } }
@media (forced-colors: active) { .done .mark { border-width: 4px; } }
`

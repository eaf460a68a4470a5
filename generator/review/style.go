package review

// style is the look of the page, on light and dark screens and on paper. Long words break, and
// only the drawing scrolls.
const style = `:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #f1f4f7;
  --rule: #6b7785; --made: #e3eefc; --kept: #fff6dc; --plus: #dcf5e1; --minus: #fde3e1; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf0; --paper: #14181d; --soft: #1e252c;
  --rule: #8b98a7; --made: #1d3352; --kept: #42391c; --plus: #173d22; --minus: #4d1f1c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 1rem; }
h2 { margin-top: 2rem; border-bottom: 1px solid var(--rule); }
h4 { margin-bottom: 0; }
h1, h3, h4, p, li, td, pre { overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th, td { padding: .3rem .5rem; border: 1px solid var(--rule);
  text-align: left; vertical-align: top; }
th { background: var(--soft); }
pre { white-space: pre-wrap; background: var(--soft); padding: .75rem; }
ins { background: var(--plus); text-decoration: none; }
del { background: var(--minus); text-decoration: none; }
td p { margin: 0; }
figure { margin: 0; }
.scroll { overflow-x: auto; }
svg { display: block; width: 100%; min-width: 680px; font: 12px system-ui, sans-serif; }
svg rect { stroke: var(--rule); stroke-width: 1.5; fill: var(--made); }
svg .frame rect { fill: none; }
svg .reused rect { fill: var(--kept); stroke-dasharray: 6 4; stroke-width: 2; }
svg .frame.reused rect { fill: none; }
svg text { fill: var(--ink); }
svg .edge { stroke: var(--rule); stroke-width: 1.2; fill: none; }
svg marker path { fill: var(--rule); }
@media print { main { max-width: none; padding: 0; }
  svg { min-width: 0; } .scroll { overflow: visible; }
  tr, figure { break-inside: avoid; } h2, h3, h4 { break-after: avoid; } }
`

// The style sheet of the HTML report: light and dark by the reader's own setting.
#pragma once

namespace faretto {

inline constexpr char kReportStyle[] = R"css(
:root {
  color-scheme: light dark;
  --page: #f6f5f2; --card: #ffffff; --ink: #1d2430; --soft: #667085; --line: #e4e2dc;
  --grid: #ece9e3; --front: #d9480f; --front-soft: rgba(217, 72, 15, .14);
  --dominated: #6b86a8; --low: #b6bfcc; --infeasible: #b8860b; --failed: #c92a2a;
  --baseline: #6741d9; --good: #2b8a3e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171c; --card: #1c2027; --ink: #e8eaed; --soft: #98a2b3; --line: #2c323c;
    --grid: #272c35; --front: #ff8f4e; --front-soft: rgba(255, 143, 78, .16);
    --dominated: #7d9cc4; --low: #4a5565; --infeasible: #d9a83a; --failed: #ff6b6b;
    --baseline: #b197fc; --good: #69db7c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
}
main { max-width: 1040px; margin: 0 auto; padding: 40px 20px 64px; }
header { margin-bottom: 24px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 6px; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 0 0 4px; }
.lead { color: var(--soft); margin: 0; }
.badge {
  display: inline-block; font-size: 13px; font-weight: 600; padding: 1px 10px; border-radius: 99px;
  border: 1px solid currentColor; color: var(--soft); vertical-align: 6px; margin-left: 10px;
}
.badge.done { color: var(--good); }
section {
  background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 20px 22px; margin: 18px 0;
}
section > p { color: var(--soft); margin: 0 0 14px; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 16px 24px; margin: 0; }
.facts dt { color: var(--soft); font-size: 13px; }
.facts dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
.big { font-size: 24px; font-variant-numeric: tabular-nums; line-height: 1.3; }
svg { display: block; width: 100%; height: auto; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 13px; color: var(--soft); margin: 6px 0 10px; }
.key { display: inline-flex; align-items: center; gap: 6px; }
.key svg { width: 14px; height: 14px; }
.key b { color: var(--ink); font-weight: 600; }
svg .grid { stroke: var(--grid); stroke-width: 1; }
svg .axis { stroke: var(--soft); stroke-width: 1; }
svg text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; fill: var(--soft); }
svg .name { fill: var(--ink); font-weight: 600; }
svg .front { fill: var(--front); stroke: var(--card); stroke-width: 1.5; }
svg .dominated { fill: var(--dominated); fill-opacity: .75; }
svg .low { fill: var(--card); stroke: var(--low); stroke-width: 1.5; }
svg .infeasible { fill: var(--card); stroke: var(--infeasible); stroke-width: 1.5; }
svg .failed { fill: none; stroke: var(--failed); stroke-width: 1.6; }
svg .baseline { fill: var(--baseline); stroke: var(--card); stroke-width: 1.5; }
svg .baseline-name { fill: var(--baseline); font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 4px; }
svg .step { fill: none; stroke: var(--front); stroke-width: 1.6; stroke-opacity: .75; }
svg .whisker { stroke: var(--front); stroke-width: 1.2; stroke-opacity: .45; }
svg .curve { fill: none; stroke: var(--front); stroke-width: 2; }
svg .area { fill: var(--front-soft); }
svg circle:hover, svg path:not(.step):not(.curve):not(.area):hover { stroke: var(--ink); }
.scroll { overflow: auto; max-height: 560px; margin: 10px -22px -20px; border-top: 1px solid var(--line); border-radius: 0 0 10px 10px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 6px 12px; white-space: nowrap; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { padding-left: 22px; }
th { position: sticky; top: 0; background: var(--card); color: var(--soft); font-weight: 600; box-shadow: 0 1px 0 var(--line); }
tbody tr:hover { background: var(--front-soft); }
tbody tr:last-child td { border-bottom: 0; }
.n { text-align: right; }
.soft { color: var(--soft); }
.state-failed { color: var(--failed); }
.on-front { color: var(--front); font-weight: 700; }
details summary { cursor: pointer; }
pre { margin: 6px 0; font-size: 12px; white-space: pre-wrap; overflow-wrap: anywhere; max-width: 640px; }
footer { color: var(--soft); font-size: 13px; margin-top: 24px; }
@media print { body { background: none; } section { break-inside: avoid; } .scroll { max-height: none; } }
)css";

}  // namespace faretto

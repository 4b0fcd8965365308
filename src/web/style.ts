/** Ink violet, as on the finger of who has voted. Each tone has a colour for its word, and one behind it. */
const COLOURS = `
:root{color-scheme:light dark;
--paper:#f5f4f8;--card:#fff;--ink:#1e1a2b;--soft:#544f66;--line:#d8d4e2;--edge:#756f8a;--act:#4b2e98;--on-act:#fff;
--bad:#b00020;--bad-bg:#fdecee;--note:#fff3cf;--no-bg:#ebe9f1;
--ready:#17683b;--ready-bg:#e3f4e9;--todo:#8a4b00;--todo-bg:#fdf0d7;--unclear:#1f4fa8;--unclear-bg:#e6eefb}
@media(prefers-color-scheme:dark){:root{
--paper:#15131c;--card:#1f1c29;--ink:#eeebf5;--soft:#b8b2c9;--line:#3a3549;--edge:#8d86a3;--act:#bca8f7;
--on-act:#1a1330;--bad:#ff9aa6;--bad-bg:#3a1a20;--note:#3b3113;--no-bg:#292534;
--ready:#74d79d;--ready-bg:#14301f;--todo:#f4bf62;--todo-bg:#34280f;--unclear:#9cc0fa;--unclear-bg:#182740}}
.READY{--tone:var(--ready);--tone-bg:var(--ready-bg)}
.TO_DO{--tone:var(--todo);--tone-bg:var(--todo-bg)}
.UNCLEAR{--tone:var(--unclear);--tone-bg:var(--unclear-bg)}
.NO,.OVER{--tone:var(--soft);--tone-bg:var(--no-bg)}`;

const TEXT = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);overflow-wrap:break-word;
font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
h1,h2,p,ul,ol,dl,dd{margin:0}
h1{font-size:1.5rem;line-height:1.25;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:1.0625rem;line-height:1.35}
ul{padding-left:1.25rem}
li+li{margin-top:.5rem}
a{color:var(--act);text-underline-offset:.18em}
small,.small{color:var(--soft);font-size:.875rem;line-height:1.45}
.lead{max-width:46rem;font-size:1.0625rem;text-wrap:pretty}
:focus-visible{outline:3px solid var(--act);outline-offset:2px;border-radius:4px}`;

const FRAME = `
.wide{width:100%;max-width:62rem;margin:0 auto;padding:0 1rem}
.skip{position:absolute;left:-99em}
.skip:focus{left:.5rem;top:.5rem;z-index:1;padding:.75rem 1rem;background:var(--card)}
.top{background:var(--card);border-bottom:1px solid var(--line)}
.top .wide{display:flex;align-items:center;gap:.25rem 1rem;min-height:3.75rem}
.brand{display:flex;align-items:center;gap:.5rem;min-height:2.75rem;margin-right:auto;color:inherit;
text-decoration:none;line-height:1.15}
.brand svg{flex:none}
.brand b{display:block;font-size:1.125rem;letter-spacing:-.01em}
.brand small{white-space:nowrap;font-size:.8125rem}
.lang{display:inline-flex;align-items:center;min-height:2.75rem;text-align:right;font-size:.9375rem}
.sample{background:var(--note);border-bottom:1px solid var(--line);font-size:.9375rem}
.sample .wide{padding-top:.5rem;padding-bottom:.5rem}
main.wide{display:block;padding-top:1.5rem;padding-bottom:2rem}
main:focus{outline:0}
.foot{border-top:1px solid var(--line);color:var(--soft);font-size:.875rem}
.foot .wide{padding-top:1.25rem;padding-bottom:2rem}
.foot p+p{margin-top:.5rem}
.id{overflow-wrap:anywhere}
.narrow{max-width:40rem}
.stack>*+*{margin-top:1.25rem}
.beside,.pair{display:grid;gap:2rem;align-items:start}
.card{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.125rem}
.card>*+*{margin-top:.75rem}
.flow>.card{break-inside:avoid;margin-bottom:1.25rem}
.about{font-size:.9375rem}
.about h2{font-size:1rem}
.about ul{margin-top:.5rem;color:var(--soft)}`;

const FORM = `
.field+.field{margin-top:1.25rem}
label{display:block;font-weight:650}
.hint{color:var(--soft);font-size:.9375rem}
input{display:block;width:100%;min-height:3rem;margin-top:.5rem;padding:.5rem .75rem;border:2px solid var(--edge);
border-radius:.5rem;
background:var(--card);color:inherit;font:inherit;font-size:1.125rem}
input[inputmode]{font-variant-numeric:tabular-nums;letter-spacing:.06em}
input:focus{outline:3px solid var(--act);outline-offset:1px;border-color:var(--act)}
input[aria-invalid]{border-color:var(--bad)}
.fault{display:flex;gap:.4rem;margin-top:.25rem;color:var(--bad);font-weight:600}
.fault:before{content:"!";flex:none;width:1.35em;height:1.35em;margin-top:.1em;border-radius:50%;
background:var(--bad);color:var(--card);line-height:1.35;text-align:center}
.errors{border:2px solid var(--bad);background:var(--bad-bg)}
.errors:focus{outline:0}
.errors ul{padding:0;list-style:none}
.errors li{margin:0}
.errors a{display:inline-block;padding:.625rem 0;color:var(--bad);font-weight:600}
.button{display:inline-flex;align-items:center;justify-content:center;min-height:3rem;padding:.5rem 1.75rem;
border:2px solid var(--act);border-radius:.5rem;background:var(--act);color:var(--on-act);
font:inherit;font-size:1.0625rem;font-weight:650;text-decoration:none;cursor:pointer}
.button.plain{background:none;color:var(--act)}
form .button{width:100%;margin-top:1.5rem}`;

const ANSWER = `
.outcome{display:grid;gap:.75rem 1rem;padding:1.25rem;border:1px solid var(--tone);border-radius:.75rem;
background:var(--tone-bg)}
.disc{display:flex;align-items:flex-start;gap:.75rem}
.disc svg{flex:none;padding:.4rem;width:2.5rem;height:2.5rem;border-radius:50%;background:var(--tone);
color:var(--tone-bg)}
.word{align-items:center;color:var(--tone);font-weight:700}
.steps{padding:0;list-style:none;counter-reset:n}
.steps li{position:relative;margin:0;padding:0 0 1.25rem 3rem;counter-increment:n}
.steps li:last-child{padding-bottom:0}
.steps li:before{content:counter(n);position:absolute;left:0;top:-.15rem;width:2rem;height:2rem;border-radius:50%;
background:var(--act);color:var(--on-act);font-weight:700;line-height:2rem;text-align:center}
.steps li:not(:last-child):after{content:"";position:absolute;left:calc(1rem - 1px);top:2.1rem;bottom:.4rem;
width:2px;background:var(--line)}
.steps b,.hours dt{display:block;font-weight:650}
.by{display:block;margin:.1rem 0;color:var(--todo);font-size:.875rem;font-weight:600}
.check{padding:0;list-style:none}
.check li{position:relative;padding-left:1.75rem}
.check li:before{content:"";position:absolute;left:0;top:.25em;width:1em;height:1em;border:2px solid var(--edge);
border-radius:.2em}
.hours div+div{margin-top:.75rem;padding-top:.75rem;border-top:1px solid var(--line)}
.hours b{font-variant-numeric:tabular-nums;white-space:nowrap}
.why small{display:block}`;

const WIDER = `
@media(min-width:40rem){
h1{font-size:1.875rem}
main.wide{padding-top:2.5rem;padding-bottom:3rem}
.card{padding:1.5rem}
.outcome{padding:1.75rem}
form .button{width:auto;min-width:12rem}
}
@media(min-width:56rem){
.beside{grid-template-columns:minmax(0,38rem) minmax(0,1fr);gap:3rem}
.about{padding-top:.5rem}
.pair{grid-template-columns:1fr 1fr}
.narrow .pair{grid-template-columns:1fr}
.flow{columns:2;column-gap:1.25rem}
}
@media(prefers-reduced-motion:no-preference){
.button{transition:filter .15s}
.button:hover{filter:brightness(1.12)}
}`;

/** Black on white, no form and no ways on, an answer on one sheet of A4. Comes after the styles of the screen. */
const PRINT = `
@media print{
@page{size:A4;margin:10mm 12mm}
:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--soft:#000;--line:#999;--edge:#000;--act:#000;
--note:#fff;--todo:#000}
.READY,.TO_DO,.UNCLEAR,.NO,.OVER{--tone:#000;--tone-bg:#fff}
.skip,.lang,.foot,.noprint,form{display:none}
body{font:9pt/1.3 Arial,"Liberation Sans",sans-serif}
h1{font-size:14pt}
h2{font-size:10.5pt}
.lead{font-size:10pt}
small,.small,.by{font-size:8.25pt}
.wide{max-width:none;padding:0}
.top .wide{min-height:0;padding-bottom:.25rem}
.brand{min-height:0}
.brand svg{width:18px}
.brand b,.brand small{display:inline}
.sample .wide{padding:.15rem 0;font-size:9pt}
main.wide{padding:.5rem 0 0}
.card,.outcome{padding:.5rem .65rem;border-radius:.3rem;border-color:#666;break-inside:avoid}
.outcome{gap:.3rem}
.flow{columns:2;column-gap:.5rem}
.flow>.card{margin-bottom:.4rem}
.stack>*+*{margin-top:.4rem}
.card>*+*{margin-top:.25rem}
li+li{margin-top:.1rem}
.disc svg{padding:.1rem;width:1.3rem;height:1.3rem;background:none;color:#000}
.steps li{padding:0 0 .35rem 1.6rem}
.steps li:before{top:0;width:1.2rem;height:1.2rem;line-height:1.1rem;background:none;color:#000;
border:1px solid #000}
.steps li:after{display:none}
.check li:before{width:.9em;height:.9em;border-width:1px}
.hours div+div{margin-top:.2rem;padding-top:.2rem}
.why small{display:inline}
}`;

/** The one style sheet of all pages: small screens first. */
export const STYLE = [COLOURS, TEXT, FRAME, FORM, ANSWER, WIDER, PRINT, '\n'].join('');

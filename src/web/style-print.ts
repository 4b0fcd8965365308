/** On paper: black on white, no form and no ways on, an answer on one sheet of A4. Comes after the styles of the screen. */
export const PRINT_STYLE = `
@media print{
@page{size:A4;margin:10mm 12mm}
:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--soft:#000;--line:#999;--edge:#000;--act:#000;--note:#fff;--todo:#000}
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
.steps li:before{top:0;width:1.2rem;height:1.2rem;line-height:1.1rem;background:none;color:#000;border:1px solid #000}
.steps li:after{display:none}
.check li:before{width:.9em;height:.9em;border-width:1px}
.hours div+div{margin-top:.2rem;padding-top:.2rem}
.why small{display:inline}
}`;

import 'uplot/dist/uPlot.min.css';
import '../shared/theme.css';
import '../shared/figures.css';
import './lag.css';
import './chart.css';
import './narrow.css';
import { Announcer } from '../shared/announcer.ts';
import { vscodeHost } from '../shared/host.ts';
import { startPage } from '../shared/page.ts';
import { LagChartElement } from './chart.ts';
import { LagPage } from './lagPage.ts';

customElements.define('page-announcer', Announcer);
customElements.define('lag-chart', LagChartElement);
startPage('lag-page', LagPage, (page) => page.connect(vscodeHost()));

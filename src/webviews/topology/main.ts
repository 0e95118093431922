import '../shared/theme.css';
import '../shared/figures.css';
import './topology.css';
import { Announcer } from '../shared/announcer.ts';
import { vscodeHost } from '../shared/host.ts';
import { startPage } from '../shared/page.ts';
import { TopologyPage } from './topologyPage.ts';

customElements.define('page-announcer', Announcer);
startPage('topology-page', TopologyPage, (page) => page.connect(vscodeHost()));

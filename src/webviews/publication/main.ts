import '../shared/theme.css';
import '../shared/toolkit.css';
import '../shared/form.css';
import './publication.css';
import { Announcer } from '../shared/announcer.ts';
import { vscodeHost } from '../shared/host.ts';
import { startPage } from '../shared/page.ts';
import { registerToolkit } from '../shared/toolkit.ts';
import { VirtualList } from '../shared/virtualList.ts';
import { PublicationPage } from './publicationPage.ts';

registerToolkit();
customElements.define('page-announcer', Announcer);
customElements.define('table-list', VirtualList);
startPage('publication-page', PublicationPage, (page) => page.connect(vscodeHost()));

import '../shared/theme.css';
import '../shared/toolkit.css';
import '../shared/form.css';
import './connection.css';
import { Announcer } from '../shared/announcer.ts';
import { vscodeHost } from '../shared/host.ts';
import { startPage } from '../shared/page.ts';
import { registerToolkit } from '../shared/toolkit.ts';
import { ConnectionPage } from './connectionPage.ts';

registerToolkit();
customElements.define('page-announcer', Announcer);
startPage('connection-page', ConnectionPage, (page) => page.connect(vscodeHost()));

import { openBrowser, type BrowserOptions, type OpenBrowser } from './browser.ts';
import { startVsCode, type VsCodeOptions, type VsCodeServer } from './server.ts';
import { Workbench } from './workbench/workbench.ts';

/** An editor in a browser, ready to be used. */
export interface OpenWorkbench extends Omit<OpenBrowser, 'dispose'> {
  readonly server: VsCodeServer;
  readonly workbench: Workbench;
  /** Closes the browser and ends the editor. */
  readonly dispose: () => Promise<void>;
}

/** Starts an editor and a browser, and opens a folder in it. Throws what either of them fails with. */
export async function openWorkbench(
  options: VsCodeOptions & { readonly workspaceFolder: string; readonly window?: BrowserOptions },
): Promise<OpenWorkbench> {
  const [server, opened] = await Promise.all([startVsCode(options), openBrowser(options.window)]);
  const dispose = async (): Promise<void> => {
    await opened.dispose();
    await server.dispose();
  };
  try {
    const workbench = await Workbench.open(opened.page, server.url(options.workspaceFolder));
    return { ...opened, server, workbench, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

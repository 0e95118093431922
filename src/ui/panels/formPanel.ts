import * as vscode from 'vscode';

import type { Message } from '../../protocol/messages.ts';
import type { Services } from '../services.ts';
import { openPanel, type Panel, type PanelOptions } from './panelHost.ts';

/** The host's half of a form. */
interface PanelForm<Inbound> {
  handle(message: Inbound): Promise<void>;
  /** The page (again) listens. */
  show(): void | Promise<void>;
  /** The inventory of a server was read anew. */
  inventoryChanged?(connectionId: string): Promise<void>;
  dispose(): void;
}

/** What forms get of their panel. */
export interface FormHands<Outbound> extends Pick<Services, 'service' | 'connections' | 'plans'> {
  post(message: Outbound): void;
  /** To the clipboard. */
  copy(text: string): Promise<void>;
  /** Closes the panel. */
  dismiss(): void;
}

/** What `openFormPanel` takes. */
export interface FormPanelOptions<Inbound extends Message, Outbound extends Message> extends Omit<
  PanelOptions<Inbound>,
  'services' | 'onMessage' | 'onReady' | 'onDispose' | 'restore'
> {
  readonly restore: vscode.WebviewPanel | undefined;
  /** Called once, where the panel is a new one. */
  readonly form: (hands: FormHands<Outbound>) => PanelForm<Inbound>;
}

/** Opens a panel with a form that serves it until it is closed. Undefined as `openPanel` gives it. */
export function openFormPanel<Inbound extends Message, Outbound extends Message>(
  services: Services,
  { form: makeForm, restore, ...options }: FormPanelOptions<Inbound, Outbound>,
): Panel<Outbound> | undefined {
  const { connections, plans, service } = services;
  const panel = openPanel<Inbound, Outbound>({
    ...options,
    services,
    onMessage: (message) => form.handle(message),
    onReady: () => void form.show(),
    onDispose: () => {
      form.dispose();
      unsubscribe();
    },
    ...(restore ? { restore } : {}),
  });
  if (!panel) return undefined;
  const form = makeForm({
    service,
    connections,
    plans,
    post: (message) => panel.post(message),
    copy: async (text) => vscode.env.clipboard.writeText(text),
    dismiss: () => panel.dispose(),
  });
  const unsubscribe = service.onDidChange((connectionId, change) => {
    if (change === 'inventory') void form.inventoryChanged?.(connectionId);
  });
  return panel;
}

import { directive, Directive, type ElementPart, type PartInfo, PartType } from 'lit/directive.js';

/** Ids of what describes a control, and whether its value is wrong. */
interface Description {
  readonly ids: readonly (string | null)[];
  readonly invalid: boolean;
}

/**
 * Links a control to its hint and its errors, for assistive technology. The toolkit's text fields keep their input
 * in a shadow root, where an id of the document means nothing: there the elements themselves are handed over.
 */
class Described extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('described() belongs on an element');
  }

  render(_description: Description): unknown {
    return undefined;
  }

  override update(part: ElementPart, [description]: [Description]): unknown {
    // After this render, when the elements that describe it are there and the toolkit has made the inner control.
    queueMicrotask(() => requestAnimationFrame(() => link(part.element as HTMLElement, description)));
    return undefined;
  }
}

/** `<vscode-text-field ${described({ ids: ['name-error'], invalid: true })}>` */
export const described = directive(Described);

/** The element that takes the focus and speaks for a control: the input inside a toolkit text field, or itself. */
export function spokesman(control: HTMLElement): HTMLElement {
  return control.shadowRoot?.querySelector<HTMLElement>('input, textarea, button') ?? control;
}

function link(control: HTMLElement, { ids, invalid }: Description): void {
  const target = spokesman(control);
  const elements = ids.map((id) => (id === null ? null : document.getElementById(id))).filter((it) => it !== null);
  target.ariaDescribedByElements = elements.length > 0 ? elements : null;
  if (invalid) target.setAttribute('aria-invalid', 'true');
  else target.removeAttribute('aria-invalid');
}

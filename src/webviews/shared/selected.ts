import { directive, Directive, type ElementPart, type PartInfo, PartType } from 'lit/directive.js';

/**
 * Selects a value in a drop-down list of the toolkit. It takes one only when its options are there, which is a frame
 * after they were rendered; until then it would fall back to the first.
 */
class Selected extends Directive {
  #wanted = '';

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('selected() belongs on an element');
  }

  render(_value: string): unknown {
    return undefined;
  }

  override update(part: ElementPart, [value]: [string]): unknown {
    this.#wanted = value;
    const list = part.element as HTMLInputElement;
    // Two frames: the toolkit takes up its options in the first.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        if (list.value !== this.#wanted) list.value = this.#wanted;
      }),
    );
    return undefined;
  }
}

/** `<vscode-dropdown ${selected(value)}>` */
export const selected = directive(Selected);

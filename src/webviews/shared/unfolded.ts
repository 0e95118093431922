import { directive, Directive, type ElementPart, type PartInfo, PartType } from 'lit/directive.js';

/** Opens a `<details>` when what is in it matters; never closes it under somebody's hands. */
class Unfolded extends Directive {
  #before = false;

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('unfolded() belongs on a <details>');
  }

  render(_matters: boolean): unknown {
    return undefined;
  }

  override update(part: ElementPart, [matters]: [boolean]): unknown {
    if (matters && !this.#before) (part.element as HTMLDetailsElement).open = true;
    this.#before = matters;
    return undefined;
  }
}

/** `<details ${unfolded(chosen > 0)}>` */
export const unfolded = directive(Unfolded);

import { majorsUnderTest } from '../support/servers/versions.ts';
import { longTestMs } from './lagKit.ts';
import { knownTruth } from './lagTruthStates.ts';

// Those whose facts differ; in two files, which run beside each other.
for (const major of ([16, 18] as const).filter((one) => majorsUnderTest().includes(one))) {
  describe(`the known truth of streams on PostgreSQL ${major} (real servers)`, function () {
    this.timeout(longTestMs);
    knownTruth(major);
  });
}

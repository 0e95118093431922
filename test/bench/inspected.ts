import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';

/** Collects the garbage of this process, so that what is left of its heap is in use. */
export async function collectGarbage(): Promise<void> {
  await inspected((session) => session.post('HeapProfiler.collectGarbage'));
}

/** Does the work and writes where this process spent its time meanwhile into `file`, a .cpuprofile; without one, just works. */
export async function profiled<Result>(file: string | undefined, work: () => Promise<Result>): Promise<Result> {
  if (file === undefined) return work();
  return inspected(async (session) => {
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    const result = await work();
    const { profile } = await session.post('Profiler.stop');
    await writeFile(file, JSON.stringify(profile));
    return result;
  });
}

async function inspected<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
  const session = new Session();
  session.connect();
  try {
    return await work(session);
  } finally {
    session.disconnect();
  }
}

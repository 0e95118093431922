import { spawn, type SpawnOptions } from 'node:child_process';

/** What a finished command said. */
export interface Finished {
  /** The exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a command. */
export interface RunOptions extends SpawnOptions {
  /** Milliseconds after which the command is killed; unlimited unless told. */
  readonly within?: number;
  /** What it reads from standard input; nothing unless told. */
  readonly input?: string;
}

/** Runs a command to its end and gives what it said, whatever its exit code. Throws when it cannot be started. */
export function run(
  command: string,
  args: readonly string[],
  { within, input, ...options }: RunOptions = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...options,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(within === undefined ? {} : { timeout: within, killSignal: 'SIGKILL' as const }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    // A command that ends before it has read all of it breaks the pipe.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs a command to its end and gives its standard output. Throws with all it said when it does not succeed. */
export async function mustRun(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const finished = await run(command, args, options);
  if (finished.code !== 0) {
    const said = `${finished.stdout}\n${finished.stderr}`.trim();
    throw new Error(`${command} ${args.join(' ')} ended with ${finished.code ?? 'a signal'}:\n${said}`);
  }
  return finished.stdout;
}

/** Runs npm in `folder`. Throws with all it said when it does not succeed. */
export async function npm(folder: string, args: readonly string[]): Promise<void> {
  const windows = process.platform === 'win32';
  await mustRun(windows ? 'npm.cmd' : 'npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    shell: windows,
  });
}

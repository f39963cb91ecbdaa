/**
 * A terminal for a simulated shell: echoes what is typed, edits the line, and gives the shell each line that is entered.
 */
export interface Terminal {
  input(data: Buffer): void;
}

export interface TerminalOptions {
  readonly prompt: string;
  write(text: string): void;
  /** Runs a line; what is left to do comes before the next prompt. */
  run(line: string, then: () => void): void;
  end(): void;
}

const BACKSPACE = new Set(['\x7f', '\b']);
const MAX_LINE = 4096;

export function openTerminal({ prompt, write, run, end }: TerminalOptions): Terminal {
  let line = '';
  let isBusy = false;
  let waiting = '';
  write(prompt);
  function type(char: string): void {
    if (char === '\r' || char === '\n') {
      write('\r\n');
      const entered = line;
      line = '';
      isBusy = true;
      run(entered, () => {
        isBusy = false;
        write(prompt);
        drain();
      });
    } else if (char === '\x04') {
      if (line === '') end();
    } else if (char === '\x03') {
      line = '';
      write(`^C\r\n${prompt}`);
    } else if (BACKSPACE.has(char)) {
      if (line !== '') write('\b \b');
      line = line.slice(0, -1);
    } else if (char >= ' ' && line.length < MAX_LINE) {
      line += char;
      write(char);
    }
  }
  function drain(): void {
    while (!isBusy && waiting !== '') {
      const char = waiting.charAt(0);
      waiting = waiting.slice(1);
      type(char);
    }
  }
  return {
    input(data) {
      waiting = (waiting + data.toString()).slice(0, MAX_LINE * 4);
      drain();
    },
  };
}

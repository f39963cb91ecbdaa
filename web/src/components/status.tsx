/** A status word with a mark whose colour and shape follow its tone. */
import type { Tone } from '../model/tone.ts';

const marks: Readonly<Record<Tone, string>> = { good: '●', busy: '◐', bad: '▲', idle: '○' };

export function Status(props: { readonly tone: Tone; readonly text: string }) {
  return (
    <span class={`status ${props.tone}`}>
      <span aria-hidden="true">{marks[props.tone]}</span> {props.text}
    </span>
  );
}

/** `ready/total` in the tone that it deserves. */
export function ReadyCount(props: { readonly tone: Tone; readonly ready: number; readonly total: number }) {
  const text = props.total === 0 ? '0' : `${props.ready}/${props.total}`;
  return <Status tone={props.tone} text={text} />;
}

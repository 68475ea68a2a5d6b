import type { Draft, Impact } from "../../api/drafts";
import type { Words } from "../../text";

/** The one line that says whether a draft can be submitted, and why not. */
export function standing(
	draft: Draft,
	known: { open: boolean; impact: Impact | null; conflicts: readonly unknown[] },
	text: Words,
): { fit: boolean; said: string } {
	const { edit, drafts } = text;
	const no = (said: string) => ({ fit: false, said });
	if (!known.open) return no(edit.notOpen(drafts.states[draft.state] ?? draft.state));
	if (known.conflicts.length > 0) return no(edit.conflicted(known.conflicts.length));
	const { impact } = known;
	if (!impact) return no(edit.trying);
	if (impact.defects.length > 0) return no(edit.gaps(impact.defects.length));
	if (impact.change.after.length + impact.change.before.length === 0) return no(edit.nothing);
	return { fit: true, said: edit.fit };
}

/** A post over a span of days, as the server has it. */
export interface DatedPost {
	title: string;
	holder: string | null;
	phone: string | null;
	/** The first day. */
	valid_from: string;
	/** The day after the last one; null for open-ended. */
	valid_to: string | null;
}

/** A post as it stands in the form. */
export interface PostRow {
	/** Its place among all posts; null for a new one. */
	from: number | null;
	title: string;
	holder: string;
	phone: string;
}

/** The day that is written in China at a moment. */
export const dayOf = (at: Date): string =>
	new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);

const stands = (post: DatedPost, day: string) =>
	post.valid_from <= day && (post.valid_to === null || day < post.valid_to);

/** The posts that stand on a day, to be changed. */
export function rowsOn(all: readonly DatedPost[], day: string): PostRow[] {
	return all.flatMap((post, from) =>
		stands(post, day)
			? [{ from, title: post.title, holder: post.holder ?? "", phone: post.phone ?? "" }]
			: [],
	);
}

const written = (row: PostRow) => ({
	title: row.title.trim(),
	holder: row.holder.trim() || null,
	phone: row.phone.trim() || null,
});

/**
 * All posts after a form was filled in. Whoever held a post until today is kept with today as the end, so that an
 * answer as of yesterday still names them; a telephone is put right where it stands.
 */
export function changedPosts(
	all: readonly DatedPost[],
	rows: readonly PostRow[],
	today: string,
): DatedPost[] {
	const kept = all.flatMap((post, i): DatedPost[] => {
		if (!stands(post, today)) return [post];
		const ended = post.valid_from < today ? [{ ...post, valid_to: today }] : [];
		const row = rows.find(({ from }) => from === i);
		if (!row || row.title.trim() === "") return ended;
		const now = written(row);
		if (now.title === post.title && now.holder === post.holder) return [{ ...post, ...now }];
		return [...ended, { ...now, valid_from: today, valid_to: post.valid_to }];
	});
	const added = rows.filter(({ from, title }) => from === null && title.trim() !== "");
	return [...kept, ...added.map((row) => ({ ...written(row), valid_from: today, valid_to: null }))];
}

export type RowFault = "title" | "holder" | "phone";

/** What is wrong with a row; null when nothing is, or when it is empty. */
export function faultIn(row: PostRow): RowFault | null {
	const { title, holder, phone } = written(row);
	if (title === "") return holder || phone ? "title" : null;
	if (phone && !holder) return "holder";
	return phone && !/^[\d+\-() ]{1,32}$/.test(phone) ? "phone" : null;
}

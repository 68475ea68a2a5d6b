import type { DatedPost } from "../core/posts";
import type { UnitKey } from "../core/route";
import { get, getTagged, put } from "./client";
import type { Listing, Unit } from "./shapes";

const path = (key: UnitKey) => `/api/v1/units/${key.layer}/${encodeURIComponent(key.code)}/posts`;

/** All posts on file, with the tag under which they are changed. */
export const onFile = (key: UnitKey, signal: AbortSignal) =>
	getTagged<Listing<DatedPost>>(path(key), { all: "true" }, signal);

export const setPosts = (
	key: UnitKey,
	posts: readonly DatedPost[],
	tag: string,
	signal: AbortSignal,
) => put<Listing<DatedPost>>(path(key), { posts }, tag, signal);

/** Units without a post, or with one that nobody holds. */
export const unstaffed = (
	posts: "none" | "vacant",
	layer: string | null,
	level: string | null,
	signal: AbortSignal,
) => get<Listing<Unit>>("/api/v1/units", { posts, layer, level, limit: 200 }, signal);

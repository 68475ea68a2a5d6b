import { get, post, remove } from "./client";

/** Who asks, and what they may do. */
export interface Session {
	/** Without accounts whoever sits at the server may do everything. */
	accounts: boolean;
	four_eyes: boolean;
	/** Nobody signed in: null. */
	name: string | null;
	display_name: string | null;
	roles: { role: string; layer: string | null }[];
	/** Empty: all units of the layers of the roles. */
	territory: { layer: string; code: string; name: string }[];
}

const PATH = "/api/v1/session";

export function who(signal: AbortSignal): Promise<Session> {
	return get(PATH, {}, signal);
}

export function signIn(name: string, password: string, signal: AbortSignal): Promise<Session> {
	return post(PATH, { name, password }, signal);
}

export function signOut(signal: AbortSignal): Promise<void> {
	return remove(PATH, signal);
}

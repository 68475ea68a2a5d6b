// Compile-time only: the page's own shapes say no field that the server's description does not have,
// and no value that it cannot hold. Where the page is narrower (`layer` is one of three), the server
// may answer nothing else; the tests in the browser hold that.
import type { components } from "./schema";
import type { Session } from "./session";
import type { Category, Link, Located, Place, Post, Unit, UnitDetail } from "./shapes";

type Server = components["schemas"];
type Holds<P, S, K extends keyof P> = K extends keyof S
	? P[K] extends S[K]
		? true
		: false
	: false;
type Agrees<P, S> = { [K in keyof P]-?: Holds<P, S, K> }[keyof P];
type Sure<T extends true> = T;

export type Agreements = [
	Sure<Agrees<Unit, Server["UnitView"]>>,
	Sure<Agrees<Omit<UnitDetail, keyof Unit>, Server["UnitProperties"]>>,
	Sure<Agrees<Link, Server["Link"]>>,
	Sure<Agrees<Post, Server["PostView"]>>,
	Sure<Agrees<Located, Server["Located"]>>,
	Sure<Agrees<Place, Server["LayerView"]>>,
	Sure<Agrees<Category, Server["CategoryView"]>>,
	Sure<Agrees<Session, Server["SessionView"]>>,
];

import type { UnitKey } from "./route";

/** What lies under a place on the map, or in a row that is pointed at. `level` is also the tile layer's name. */
export interface Hit {
	key: UnitKey;
	level: string;
	id: number;
	name: string;
}

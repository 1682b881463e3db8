/** SQLite in this process: Node's own where Node has it, else a package with the same interface (Node 20 has none). */

/** What a column can hold. */
export type SqlValue = null | number | string | Uint8Array;

/** A prepared statement. Values are bound in order to its question marks. */
export interface Statement {
	run(...values: readonly SqlValue[]): { readonly changes: number | bigint };
	get(...values: readonly SqlValue[]): Readonly<Record<string, unknown>> | undefined;
	all(...values: readonly SqlValue[]): Readonly<Record<string, unknown>>[];
}

/** An open database. Everything happens before a call returns; a failing disk throws. */
export interface Db {
	exec(sql: string): void;
	prepare(sql: string): Statement;
	close(): void;
}

/** A driver's class. */
type Driver = new (path: string) => Db;

/**
 * Opens or makes the database at `path` (`:memory:` for one that is not kept) and brings its tables up to date.
 *
 * Write-ahead log, `synchronous` NORMAL: what was written survives a killed process; a power cut may lose the last
 * moments, never the order or the whole.
 *
 * @param migrations - what makes version k + 1 of the tables out of version k; only ever added to
 * @throws when the file is none of ours, damaged, newer than this program, or may not be written
 */
export async function openDb(path: string, migrations: readonly string[]): Promise<Db> {
	const driver = await loadDriver();
	const db = new driver(path);
	try {
		db.exec('PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
		migrate(db, migrations);
		return db;
	} catch (error) {
		db.close();
		throw error;
	}
}

function migrate(db: Db, migrations: readonly string[]): void {
	const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
	if (version > migrations.length) throw new Error('this database was written by a later version of Streamlet');
	for (const [from, sql] of migrations.entries()) {
		if (from >= version) db.exec(`BEGIN IMMEDIATE; ${sql}; PRAGMA user_version = ${from + 1}; COMMIT;`);
	}
}

async function loadDriver(): Promise<Driver> {
	const name: string = 'node:sqlite'; // not a literal, or the build looks for it
	try {
		return driverOf(await import(/* @vite-ignore */ name));
	} catch {
		return driverOf(await import('@photostructure/sqlite')); // this Node has no SQLite of its own
	}
}

function driverOf(module: unknown): Driver {
	return (module as { readonly DatabaseSync: Driver }).DatabaseSync;
}

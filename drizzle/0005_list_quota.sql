CREATE TABLE "list_usage" (
	"client" text PRIMARY KEY NOT NULL,
	"day" date NOT NULL,
	"lines" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "lines_per_day" integer DEFAULT 2000000 NOT NULL;--> statement-breakpoint
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'hakpilih_app') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON list_usage TO hakpilih_app;
  END IF;
END $$;
--> statement-breakpoint
-- A temporary table called "audit" would take the place of the audit on its connection: only the owner, who imports, may make any.
DO $$ BEGIN
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO CURRENT_USER', current_database());
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'this user does not own the database, so that its logins may still make temporary tables';
END $$;

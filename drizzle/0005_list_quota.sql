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

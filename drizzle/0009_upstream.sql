CREATE TABLE "upstream_usage" (
	"day" date PRIMARY KEY NOT NULL,
	"calls" integer NOT NULL
);
--> statement-breakpoint
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'hakpilih_app') THEN
    GRANT SELECT, INSERT, UPDATE ON upstream_usage TO hakpilih_app;
  END IF;
END $$;

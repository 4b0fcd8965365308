CREATE TABLE "outages" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"server" text NOT NULL,
	"began" timestamp with time zone NOT NULL,
	"ended" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "registry_key" ADD COLUMN "id" uuid DEFAULT gen_random_uuid() NOT NULL;--> statement-breakpoint
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'hakpilih_app') THEN
    GRANT SELECT, INSERT ON outages TO hakpilih_app;
  END IF;
END $$;

ALTER TABLE "copies" ADD COLUMN "reader_version" smallint DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "sources" ADD COLUMN "name_version" smallint DEFAULT 1 NOT NULL;
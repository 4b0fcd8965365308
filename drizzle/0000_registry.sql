CREATE TABLE "audit" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"tag" uuid NOT NULL,
	"region" bigint,
	"copy" integer,
	"suket_ends" date,
	"of_age_on" date,
	"status" smallint,
	"flags" smallint,
	"asked" smallint NOT NULL,
	"matched" smallint NOT NULL,
	"found" boolean NOT NULL,
	"source" text NOT NULL,
	"client" text NOT NULL,
	"claim" text
);
--> statement-breakpoint
CREATE TABLE "changes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"tag" uuid NOT NULL,
	"replaced_by" integer NOT NULL,
	"name_proof" bigint,
	"kk_proof" bigint,
	"suket_proof" bigint,
	"region" bigint,
	"copy" integer NOT NULL,
	"suket_issued" date,
	"suket_ends" date,
	"of_age_on" date,
	"status" smallint NOT NULL,
	"flags" smallint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "copies" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "copies_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"source" text NOT NULL,
	"as_of" timestamp with time zone NOT NULL,
	"is_full" boolean NOT NULL,
	"digest" text NOT NULL,
	"imported_at" timestamp with time zone DEFAULT now() NOT NULL,
	"report" jsonb
);
--> statement-breakpoint
CREATE TABLE "registry_key" (
	"one" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"key_check" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "residents" (
	"tag" uuid PRIMARY KEY NOT NULL,
	"name_proof" bigint,
	"kk_proof" bigint,
	"suket_proof" bigint,
	"region" bigint,
	"copy" integer NOT NULL,
	"suket_issued" date,
	"suket_ends" date,
	"of_age_on" date,
	"status" smallint NOT NULL,
	"flags" smallint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "self_check_addresses" (
	"tag" uuid PRIMARY KEY NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"asked" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "self_check_tags" (
	"tag" uuid PRIMARY KEY NOT NULL,
	"wrong_at" timestamp with time zone[] NOT NULL,
	"locked" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sources" (
	"name" text PRIMARY KEY NOT NULL,
	"region" text NOT NULL,
	"first_region" bigint NOT NULL,
	"last_region" bigint NOT NULL,
	"last_copy" integer NOT NULL,
	"as_of" timestamp with time zone NOT NULL,
	"full_as_of" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "changes_replaced_by" ON "changes" USING btree ("replaced_by");
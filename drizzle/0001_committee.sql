CREATE TABLE "audit_blocks" (
	"id" bigint PRIMARY KEY NOT NULL,
	"from_xid" bigint NOT NULL,
	"to_xid" bigint NOT NULL,
	"rows" integer NOT NULL,
	"entries" "bytea" NOT NULL,
	"previous_hash" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	"sealed_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "client_misses" (
	"client" text NOT NULL,
	"slot" smallint NOT NULL,
	"run" integer NOT NULL,
	"hit" boolean NOT NULL,
	"paused_until" timestamp with time zone,
	CONSTRAINT "client_misses_client_slot_pk" PRIMARY KEY("client","slot")
);
--> statement-breakpoint
CREATE TABLE "client_usage" (
	"client" text NOT NULL,
	"slot" smallint NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"in_minute" integer NOT NULL,
	"day" date NOT NULL,
	"in_day" integer NOT NULL,
	"asked" integer NOT NULL,
	"minute_left" integer NOT NULL,
	"day_left" integer NOT NULL,
	"admitted" integer NOT NULL,
	CONSTRAINT "client_usage_client_slot_pk" PRIMARY KEY("client","slot")
);
--> statement-breakpoint
CREATE TABLE "clients" (
	"name" text PRIMARY KEY NOT NULL,
	"scopes" text[] NOT NULL,
	"region" text,
	"revoked_at" timestamp with time zone,
	"per_minute" integer NOT NULL,
	"per_day" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "list_refs" (
	"list" uuid NOT NULL,
	"tag" uuid NOT NULL,
	"ref" text NOT NULL,
	CONSTRAINT "list_refs_list_tag_ref_pk" PRIMARY KEY("list","tag","ref")
);
--> statement-breakpoint
CREATE TABLE "lists" (
	"id" uuid PRIMARY KEY NOT NULL,
	"client" text NOT NULL,
	"region" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"idempotency_key" text NOT NULL,
	"digest" text NOT NULL,
	"rows" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "site_misses" (
	"minute" timestamp with time zone NOT NULL,
	"slot" smallint NOT NULL,
	"misses" integer NOT NULL,
	CONSTRAINT "site_misses_minute_slot_pk" PRIMARY KEY("minute","slot")
);
--> statement-breakpoint
CREATE TABLE "used_proofs" (
	"challenge" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "audit" ALTER COLUMN "tag" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "audit" ALTER COLUMN "asked" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "audit" ALTER COLUMN "matched" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "audit" ALTER COLUMN "found" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "audit" ADD COLUMN "xid" bigint DEFAULT pg_current_xact_id()::text::bigint NOT NULL;--> statement-breakpoint
ALTER TABLE "audit" ADD COLUMN "kind" text DEFAULT 'CHECK' NOT NULL;--> statement-breakpoint
ALTER TABLE "audit" ADD COLUMN "detail" jsonb;--> statement-breakpoint
CREATE UNIQUE INDEX "lists_idempotency" ON "lists" USING btree ("client","idempotency_key");--> statement-breakpoint
CREATE INDEX "audit_xid" ON "audit" USING brin ("xid");
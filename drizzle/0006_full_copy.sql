DROP INDEX "audit_xid";--> statement-breakpoint
DROP INDEX "changes_replaced_by";--> statement-breakpoint
ALTER TABLE "sources" ADD COLUMN "full_copy" integer;--> statement-breakpoint
UPDATE "sources" s SET "full_copy" = (SELECT max(c."id") FROM "copies" c WHERE c."source" = s."name" AND c."is_full");--> statement-breakpoint
CREATE INDEX "audit_xid_order" ON "audit" USING btree ("xid");--> statement-breakpoint
CREATE INDEX "changes_tag" ON "changes" USING btree ("tag","replaced_by");--> statement-breakpoint
CREATE INDEX "list_refs_order" ON "list_refs" USING btree ("list","ref" COLLATE "C");